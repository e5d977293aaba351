using System.Text;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// The addresses that nobody writes to, whatever is to be sent: neither editions nor confirmations. What comes back puts
/// them there (<see cref="Returns"/>), and so does an operator. Only an operator lifts one: who subscribes anew doesn't,
/// since nobody knows whether it is they who type an address that complained or that doesn't exist.
/// </summary>
public sealed class SuppressionList
{
    /// <summary>A file to import may have so many bytes.</summary>
    public const int LargestFile = 64 * 1024 * 1024;

    /// <summary>So many addresses come at once.</summary>
    public const int LargestPage = 1_000;

    private const int ImportedAtOnce = 500;
    private const int ReportedRefusals = 1_000;
    private readonly Database database;
    private readonly Pseudonyms pseudonyms;
    private readonly TimeProvider clock;

    internal SuppressionList(Database database, Pseudonyms pseudonyms, TimeProvider clock) => (this.database, this.pseudonyms, this.clock) = (database, pseudonyms, clock);

    /// <summary>Lists an address. One that is listed already stays so, with its cause. A delivery in flight still goes out.</summary>
    /// <param name="address">As typed.</param>
    /// <param name="detail">Why, for later readers; shortened to 200 characters. Or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or a sentence why it is no address.</returns>
    public async Task<string?> AddAsync(string? address, string? detail, CancellationToken cancellationToken)
    {
        if (MailAddressSyntax.Normalize(address, out var refusal) is { } normal)
        {
            await database.WriteAsync(
                transaction => Suppressions.AddAsync(transaction, [new NewSuppression(normal, SuppressionCause.Manual, detail, null)], clock.GetUtcNow(), cancellationToken), cancellationToken);
        }

        return refusal;
    }

    /// <summary>
    /// Takes an address off the list, whatever its cause: it is written to from the next mailing on. What ended because of
    /// it is not sent later, and bounces of mails that were sent before don't list it again.
    /// </summary>
    /// <returns>Whether it was on the list.</returns>
    public async Task<bool> LiftAsync(string? address, CancellationToken cancellationToken)
    {
        if (MailAddressSyntax.Normalize(address, out _) is not { } normal)
        {
            return false;
        }

        var key = Suppressions.Key(normal);
        var pseudonym = Pseudonyms.Of(await pseudonyms.KeyAsync(cancellationToken), normal);
        var now = clock.GetUtcNow();
        return await database.WriteAsync(
            async transaction => await transaction.GetTable<SuppressionRow>()
                .Where(row => (row.Address == key || row.Address == pseudonym) && row.LiftedAt == null)
                .Set(row => row.LiftedAt, now)
                .UpdateAsync(cancellationToken) > 0,
            cancellationToken);
    }

    /// <summary>Those that are listed, by number, at most <paramref name="limit"/> (1–<see cref="LargestPage"/>).</summary>
    public async Task<IReadOnlyList<SuppressedAddress>> FindAsync(SuppressionSearch search, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestPage);
        var erased = MailAddressSyntax.Normalize(search.Beginning, out _) is { } whole ? Pseudonyms.Of(await pseudonyms.KeyAsync(cancellationToken), whole) : null;
        return await database.ReadAsync<IReadOnlyList<SuppressedAddress>>(async connection =>
        {
            var rows = connection.GetTable<SuppressionRow>().Where(row => row.LiftedAt == null && row.Id > search.After);
            if (search.Beginning is { Length: > 0 } typed)
            {
                // No address has a NUL, and PostgreSQL refuses to look for one.
                var beginning = Suppressions.Key(typed.Replace("\0", " ", StringComparison.Ordinal));
                rows = rows.Where(row => row.Address.StartsWith(beginning) || row.Address == erased);
            }

            if (search.Domain is { Length: > 0 } name)
            {
                var domain = MailAddressSyntax.Normalize($"any@{name}", out _)?["any@".Length..] ?? "";
                rows = rows.Where(row => row.Domain == domain);
            }

            return [.. (await rows.OrderBy(row => row.Id).Take(limit).ToListAsync(cancellationToken)).Select(row => row.ToAddress())];
        });
    }

    /// <summary>
    /// Lists the addresses of a file in UTF-8: one a line, or what <see cref="ExportAsync"/> and other programs write, with
    /// a first line that names the columns (<c>address</c> or <c>email</c>, <c>reason</c>, <c>detail</c>). Doing it again
    /// changes nothing; stopped in the middle, what was read so far is kept.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is larger than <see cref="LargestFile"/>; nothing was listed.</exception>
    public async Task<SuppressionImport> ImportAsync(Stream file, CancellationToken cancellationToken)
    {
        using var content = await BoundedAsync(file, cancellationToken);
        using var reader = new StreamReader(content, Encoding.UTF8);
        var refused = new List<RefusedLine>();
        var batch = new List<NewSuppression>();
        long listed = 0, known = 0, refusals = 0;
        await foreach (var (line, row, refusal) in SuppressionFile.ReadAsync(reader))
        {
            if (row is null)
            {
                refusals++;
                if (refused.Count < ReportedRefusals)
                {
                    refused.Add(new RefusedLine(line, refusal!));
                }

                continue;
            }

            batch.Add(row);
            if (batch.Count == ImportedAtOnce)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();
        return new SuppressionImport(listed, known, refusals, refused);

        async Task FlushAsync()
        {
            var news = await ImportAsync(batch, cancellationToken);
            listed += news;
            known += batch.Count - news;
            batch.Clear();
        }
    }

    /// <summary>Within the caller's transaction, which of many addresses are listed: as they were given.</summary>
    /// <param name="connection">The caller's.</param>
    /// <param name="addresses">As <see cref="MailAddressSyntax.Normalize"/> gives them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlySet<string>> ListedAsync(DataConnection connection, IReadOnlyCollection<string> addresses, CancellationToken cancellationToken) =>
        Suppressions.FindManyAsync(connection, database.Provider, addresses, cancellationToken);

    /// <summary>Within the caller's transaction, lists addresses for what another program said of them.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="news">As <see cref="MailAddressSyntax.Normalize"/> gives them, and why.</param>
    /// <param name="detail">For later readers; shortened to 200 characters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ListAsync(DataConnection transaction, IEnumerable<(string Address, SuppressionCause Cause)> news, string detail, CancellationToken cancellationToken)
    {
        foreach (var piece in news.Select(one => new NewSuppression(one.Address, one.Cause, detail, null)).Chunk(ImportedAtOnce))
        {
            await Suppressions.AddAsync(transaction, piece, clock.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>Writes the list as comma-separated values (RFC 4180), by number.</summary>
    public async Task ExportAsync(TextWriter target, CancellationToken cancellationToken)
    {
        await target.WriteLineAsync(SuppressionFile.Header.AsMemory(), cancellationToken);
        for (var page = await FindAsync(new SuppressionSearch(), LargestPage, cancellationToken);
            page.Count > 0;
            page = await FindAsync(new SuppressionSearch { After = page[^1].Number }, LargestPage, cancellationToken))
        {
            foreach (var address in page)
            {
                await target.WriteLineAsync(SuppressionFile.Write(address).AsMemory(), cancellationToken);
            }
        }
    }

    /// <returns>How many of them were not listed before.</returns>
    private Task<int> ImportAsync(IReadOnlyList<NewSuppression> batch, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async transaction =>
            {
                var keys = batch.Select(row => Suppressions.Key(row.Address)).Distinct(StringComparer.Ordinal).ToList();
                var before = await Suppressions.FindAsync(transaction, keys, cancellationToken);
                await Suppressions.AddAsync(transaction, batch, clock.GetUtcNow(), cancellationToken);
                return keys.Count - before.Count;
            },
            cancellationToken);

    private static async Task<MemoryStream> BoundedAsync(Stream file, CancellationToken cancellationToken)
    {
        var content = new MemoryStream();
        var piece = new byte[81_920];
        for (int length; (length = await file.ReadAsync(piece, cancellationToken)) > 0;)
        {
            if (content.Length + length > LargestFile)
            {
                await content.DisposeAsync();
                throw new InvalidDataException("The file is larger than 64 MB; cut it into several.");
            }

            content.Write(piece, 0, length);
        }

        content.Position = 0;
        return content;
    }
}
