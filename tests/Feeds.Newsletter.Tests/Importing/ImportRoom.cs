using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests.Importing;

/// <summary>A publication into which files of people are brought.</summary>
internal sealed class ImportRoom : IAsyncDisposable
{
    private readonly TestFolder folder = new();

    private ImportRoom(Newsroom room) => Room = room;

    public Newsroom Room { get; }

    public string Refused => folder["list.csv.refused.csv"];

    public static async Task<ImportRoom> OpenAsync(DatabaseProvider provider, params (string Key, string Value)[] settings) => new(await Newsroom.OpenAsync(provider, settings));

    /// <summary>Imports a file as one of confirmed people of the weekly cadence, unless that is said otherwise.</summary>
    public Task<SubscriberImportReport> ImportAsync(string text, Func<SubscriberImportRequest, SubscriberImportRequest>? otherwise = null)
    {
        var request = Request(text);
        return Room.Get<SubscriberFiles>().ImportAsync(otherwise?.Invoke(request) ?? request, null, default);
    }

    /// <summary>Imports until progress was told so many times.</summary>
    /// <returns>Null where it was stopped.</returns>
    public async Task<SubscriberImportReport?> ImportAsync(string text, int stopAt)
    {
        using var stop = new CancellationTokenSource();
        var told = 0;
        try
        {
            return await Room.Get<SubscriberFiles>().ImportAsync(Request(text), _ => Stop(), stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        void Stop()
        {
            if (++told == stopAt)
            {
                stop.Cancel();
            }
        }
    }

    /// <summary>Each subscription as one word: address, newsletter, state.</summary>
    public async Task<IReadOnlyList<string>> StandAsync() =>
        [.. (await Room.Subscribers.ListAsync(default)).Select(one => $"{one.Email} {one.Newsletter} {one.State}")];

    public async Task<string> ExportAsync()
    {
        using var text = new StringWriter();
        await Room.Get<SubscriberFiles>().ExportAsync(text, default);
        return text.ToString();
    }

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = Room.Get<Database>().Open();
        return await connection.QueryToListAsync<T>(sql);
    }

    /// <summary>Writes a file of people and says how to bring it in.</summary>
    public SubscriberImportRequest Request(string text) => new(folder.Write("list.csv", text)) { Cadence = "weekly", Source = "paper form, fair of May 2026" };

    public async ValueTask DisposeAsync()
    {
        await Room.DisposeAsync();
        folder.Dispose();
    }
}
