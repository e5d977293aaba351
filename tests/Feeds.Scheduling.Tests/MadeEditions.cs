using System.Collections.Concurrent;
using System.Globalization;
using Feeds.Newsletter;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Scheduling.Tests;

/// <summary>Makes editions as the program does, and keeps whose each was that wasn't there before.</summary>
internal sealed class MadeEditions
{
    private readonly ConcurrentQueue<DueEdition> made = new();

    /// <summary>Happens before one is made.</summary>
    public Func<DueEdition, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Happens after one was made.</summary>
    public Func<DueEdition, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyList<DueEdition> All => [.. made];

    /// <summary>All of them, by the time of their slot in UTC.</summary>
    public string Written => string.Join("; ", made.Select(edition => string.Create(
        CultureInfo.InvariantCulture,
        $"{edition.Slot:HH:mm} {(edition.Times is null ? "everybody" : string.Join(", ", edition.Times.Select(time => time.IsOfCadence ? "usual" : $"{time.Zone} {time.Hour}")))}")));

    public MakeEdition Making(IServiceProvider services) => async (cadence, slot, times, cancellationToken) =>
    {
        var edition = new DueEdition(slot, times);
        await Before(edition);
        var result = await services.GetRequiredService<Editions>().MakeAsync(cadence, slot, times, cancellationToken);
        if (result!.MadeNow)
        {
            made.Enqueue(edition);
        }

        await After(edition);
        return result;
    };
}
