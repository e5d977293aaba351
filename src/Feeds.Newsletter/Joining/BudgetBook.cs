using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Newsletter.Joining;

/// <summary>
/// The budgets that some requests draw on, within one transaction that no other one counts beside: read at its beginning,
/// written back at its end. A budget begins with its first mail and is whole again when its time is over.
/// </summary>
internal sealed class BudgetBook
{
    /// <summary>At most one mail to an address in this time, whoever asks and how often.</summary>
    public static readonly TimeSpan AddressPause = TimeSpan.FromHours(24);

    /// <summary>How long the other budgets last.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private const int KeysAtOnce = 400;

    // Any number does that nobody else locks in this database.
    private const long AdvisoryLock = 0x466565644a6f696e;

    private readonly JoinOptions options;
    private readonly DateTimeOffset now;
    private readonly Dictionary<string, JoinBudgetRow> rows = new(StringComparer.Ordinal);
    private readonly HashSet<JoinBudgetRow> changed = [];

    private BudgetBook(JoinOptions options, DateTimeOffset now)
    {
        this.options = options;
        this.now = now;
    }

    /// <summary>Opens the book for those requests. On PostgreSQL it makes every other opener wait for this transaction's end; SQLite has one writer.</summary>
    public static async Task<BudgetBook> OpenAsync(
        DataConnection transaction, Database database, JoinOptions options, IEnumerable<JoinKeys> requests, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (database.Provider == DatabaseProvider.PostgreSql)
        {
            await transaction.ExecuteAsync("SELECT pg_advisory_xact_lock(@key)", cancellationToken, new DataParameter("key", AdvisoryLock, DataType.Int64));
        }

        var book = new BudgetBook(options, now);
        var keys = requests.SelectMany(request => (string[])[request.Address, request.Domain, request.Network]).Append(JoinKeys.Everybody).Distinct(StringComparer.Ordinal);
        foreach (var some in keys.Chunk(KeysAtOnce))
        {
            foreach (var row in await transaction.GetTable<JoinBudgetRow>().Where(row => some.Contains(row.Key)).ToListAsync(cancellationToken))
            {
                book.rows[row.Key] = row;
            }
        }

        return book;
    }

    /// <summary>Whether the address had its mail.</summary>
    public bool HasMailed(JoinKeys request) => CountOf(BudgetScope.Address, request.Address) > 0;

    /// <summary>Whether a request of that worth finds room in the budgets of its network, its domain and everybody.</summary>
    public bool HasRoom(JoinKeys request, JoinWorth worth) =>
        CountOf(BudgetScope.Network, request.Network) < Share(options.MailsPerHourAndNetwork, worth)
        && CountOf(BudgetScope.Domain, request.Domain) < Share(options.MailsPerHourAndDomain, worth)
        && CountOf(BudgetScope.Everybody, JoinKeys.Everybody) < Share(options.MailsPerHour, worth);

    /// <summary>Counts a mail.</summary>
    public void Draw(JoinKeys request)
    {
        Draw(BudgetScope.Address, request.Address);
        Draw(BudgetScope.Network, request.Network);
        Draw(BudgetScope.Domain, request.Domain);
        Draw(BudgetScope.Everybody, JoinKeys.Everybody);
    }

    /// <summary>Counts a mail that no visitor caused anew: a reminder.</summary>
    public void DrawAddress(string address) => Draw(BudgetScope.Address, address);

    public async Task CloseAsync(DataConnection transaction, CancellationToken cancellationToken)
    {
        foreach (var row in changed)
        {
            await transaction.ExecuteAsync(
                "INSERT INTO join_budget (key, scope, began, count) VALUES (@key, @scope, @began, @count) ON CONFLICT (key) DO UPDATE SET began = excluded.began, count = excluded.count",
                cancellationToken,
                new DataParameter("key", row.Key, DataType.NVarChar),
                new DataParameter("scope", (int)row.Scope, DataType.Int32),
                new DataParameter("began", row.Began.ToUnixTimeMilliseconds(), DataType.Int64),
                new DataParameter("count", row.Count, DataType.Int32));
        }
    }

    /// <summary>The part of a number that requests of that worth may use, one at least.</summary>
    public static int Share(int whole, JoinWorth worth) => Math.Max(1, (int)((long)whole * (int)worth / (int)JoinWorth.Proven));

    /// <summary>Forgets what is over.</summary>
    public static Task ForgetAsync(DataConnection transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = now - AddressPause;
        return transaction.GetTable<JoinBudgetRow>().Where(row => row.Began <= before).DeleteAsync(cancellationToken);
    }

    private int CountOf(BudgetScope scope, string key) => rows.TryGetValue(key, out var row) && !IsOver(scope, row) ? row.Count : 0;

    private void Draw(BudgetScope scope, string key)
    {
        if (!rows.TryGetValue(key, out var row) || IsOver(scope, row))
        {
            row = rows[key] = new JoinBudgetRow { Key = key, Scope = scope, Began = now };
        }

        row.Count++;
        changed.Add(row);
    }

    // A clock that was set back must not freeze a budget.
    private bool IsOver(BudgetScope scope, JoinBudgetRow row) =>
        now - row.Began >= (scope == BudgetScope.Address ? AddressPause : Window) || row.Began > now + Window;
}
