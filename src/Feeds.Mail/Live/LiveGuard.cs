using System.Globalization;
using System.Text;
using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>
/// Keeps a program from writing to people out of a database that may not know what they got already: one restored from a
/// backup, a copy of one, or one whose publication has another address now. In <c>live</c> such a database sends nothing
/// until somebody confirms it; everything waits.
/// </summary>
/// <remarks>
/// What is confirmed is noted in the database; how far its ledger went, in a small file beside the SQLite file. So an older
/// state of the same file is found out, and a copy, which lacks the file. On PostgreSQL the database's and the cluster's own
/// identifiers serve, and the timeline that a recovery begins; a dump that was restored into the same database is not found out.
/// </remarks>
public sealed class LiveGuard
{
    private const string Stored = "mail.live";
    private const string Mend = "See that nobody would be written to twice or in vain, then say `feeds live --confirm`; until then everything waits.";
    private readonly Database database;
    private readonly StoredValues values;
    private readonly string address;
    private readonly bool isLive;
    private readonly ILogger<LiveGuard> logger;
    private readonly LedgerMark? mark;
    private bool found;
    private string? told;

    internal LiveGuard(Database database, StoredValues values, IOptions<MailOptions> options, string address, ILogger<LiveGuard> logger)
    {
        (this.database, this.values, this.address, this.logger) = (database, values, address, logger);
        isLive = options.Value.Mode == MailMode.Live;
        mark = database.File is { } file ? new LedgerMark(file) : null;
    }

    /// <summary>Why nothing is sent until <see cref="ConfirmAsync"/>, with what to do; null where all is as it was confirmed, or nobody is written to anyway.</summary>
    public async Task<string?> FindTroubleAsync(CancellationToken cancellationToken)
    {
        if (!isLive || found)
        {
            return null;
        }

        var trouble = await values.FindAsync(Stored, cancellationToken) is { } stored
            ? await CompareAsync(JsonSerializer.Deserialize<Confirmed>(stored)!, cancellationToken)
            : mark?.Read() is null ? null : Older;
        if (trouble is null)
        {
            // The first time, or all is well.
            await ConfirmAsync(cancellationToken);
        }
        else if (!string.Equals(told, trouble, StringComparison.Ordinal))
        {
            told = trouble;
            Log.NotLive(logger, trouble);
        }

        return trouble;
    }

    /// <summary>From now on this database may send as it is and for the address that it has.</summary>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        var identity = await database.IdentityAsync(cancellationToken);
        var id = mark is null ? identity : Convert.ToHexStringLower(await values.KeyAsync("mail.database", 16, cancellationToken));
        mark?.Write(id, await LastAttemptAsync(cancellationToken));
        await values.SetAsync(Stored, JsonSerializer.SerializeToUtf8Bytes(new Confirmed(address, id)), cancellationToken);
        found = true;
    }

    /// <summary>Notes how far the ledger went; to be called while something is sent.</summary>
    internal async Task NoteAsync(CancellationToken cancellationToken)
    {
        if (isLive && mark is not null)
        {
            mark.Write(Convert.ToHexStringLower(await values.KeyAsync("mail.database", 16, cancellationToken)), await LastAttemptAsync(cancellationToken));
        }
    }

    private async Task<string?> CompareAsync(Confirmed confirmed, CancellationToken cancellationToken)
    {
        if (!string.Equals(confirmed.Address, address, StringComparison.Ordinal))
        {
            return $"Publication:BaseUrl is {address}, and this database sent for {confirmed.Address}: links in mails that are out lead there. {Mend}";
        }

        if (mark is null)
        {
            return string.Equals(confirmed.Database, await database.IdentityAsync(cancellationToken), StringComparison.Ordinal)
                ? null
                : $"The database {database.Description} was restored or copied since it last sent mail, so it may not know what went out after that. {Mend}";
        }

        return mark.Read() is not var (id, attempts)
            ? $"Beside {database.File} is no {Path.GetFileName(mark.Path)}, so it is a copy, or was restored from a backup, and may not know what went out. {Mend}"
            : !string.Equals(id, confirmed.Database, StringComparison.Ordinal)
                ? $"{mark.Path} belongs to another database than {database.File}. {Mend}"
                : attempts > await LastAttemptAsync(cancellationToken)
                    ? Older
                    : null;
    }

    private string Older => $"{database.File} is older than the last mail that went out ({mark!.Path} knows of more), so it was restored from a backup. {Mend}";

    private Task<long> LastAttemptAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(async connection => await connection.GetTable<AttemptRow>().MaxAsync(row => (long?)row.Id, cancellationToken) ?? 0);

    private sealed record Confirmed(string Address, string Database);
}

/// <summary>The file beside a SQLite file that says how far its ledger went.</summary>
internal sealed class LedgerMark(string database)
{
    private const int Longest = 200;
    private static int written;
    private readonly Lock gate = new();

    public string Path { get; } = database + ".sent";

    /// <summary>The database's id and the number of its last attempt; null where there is no such file, or no sense in it.</summary>
    public (string Id, long Attempts)? Read()
    {
        var file = new FileInfo(Path);
        return file is { Exists: true, Length: < Longest }
            && File.ReadAllText(Path).Split(' ', StringSplitOptions.TrimEntries) is [var id, var attempts]
            && long.TryParse(attempts, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (id, number)
            : null;
    }

    /// <summary>Puts the new text in place of the old one at once, so that no end of the process leaves half of it.</summary>
    public void Write(string id, long attempts)
    {
        lock (gate)
        {
            var part = FormattableString.Invariant($"{Path}.{Environment.ProcessId}.{Interlocked.Increment(ref written)}");
            using (var file = new FileStream(part, FileMode.Create, FileAccess.Write))
            {
                file.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{id} {attempts}\n")));
                file.Flush(flushToDisk: true);
            }

            File.Move(part, Path, overwrite: true);
        }
    }
}
