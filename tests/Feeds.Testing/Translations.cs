using System.Runtime.CompilerServices;
using LinqToDB.Metrics;

namespace Feeds.Testing;

/// <summary>Counts the queries that were made into SQL anew, which takes longer than most of them run.</summary>
public static class Translations
{
    private static readonly AsyncLocal<StrongBox<int>?> Counted = new();

    static Translations() => ActivityService.AddFactory(static id =>
    {
        if (id == ActivityID.GetQueryCreate && Counted.Value is { } counted)
        {
            Interlocked.Increment(ref counted.Value);
        }

        return null;
    });

    /// <summary>Those that were of this call alone, whatever runs beside it.</summary>
    public static async Task<int> CountAsync(Func<Task> call)
    {
        var counted = Counted.Value = new StrongBox<int>();
        await call();
        Counted.Value = null;
        return counted.Value;
    }
}
