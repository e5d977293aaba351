using System.Net;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>Gives each page with the form its token, and judges what comes back.</summary>
internal sealed class JoinForms(Database database, StoredValues values, IOptions<NewsletterOptions> options, TimeProvider clock)
{
    /// <summary>Nobody fills the form in faster.</summary>
    public static readonly TimeSpan Youngest = TimeSpan.FromSeconds(2);

    /// <summary>A page that has been open for longer may be about cadences that are gone.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    // Each by its index: in a flood there are many budgets. As LINQ it would be written anew each time, for its text parameter,
    // which took a third of the time of the page with the form.
    private static readonly string LowBudget =
        $"""
        SELECT 1 FROM join_budget WHERE key = @network AND count >= @ofNetwork AND began > @since
        UNION ALL SELECT 1 FROM join_budget WHERE scope = {(int)BudgetScope.Domain} AND count >= @ofDomain AND began > @since
        UNION ALL SELECT 1 FROM join_budget WHERE scope = {(int)BudgetScope.Everybody} AND count >= @ofAll AND began > @since
        LIMIT 1
        """;

    private byte[]? secret;

    /// <summary>The key of tokens, and of the names that budgets are counted under.</summary>
    public async Task<byte[]> SecretAsync(CancellationToken cancellationToken) =>
        secret ??= await values.KeyAsync("newsletter.join", 32, cancellationToken);

    /// <summary>A token, and how much work the page is to do for it: none as long as no budget is low.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="earlier">The token of a form that is shown once more: it grows no younger by that, or who corrects a slip quickly would be taken for a program.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JoinTicket> IssueAsync(IPAddress? from, string? earlier, CancellationToken cancellationToken)
    {
        var key = await SecretAsync(cancellationToken);
        if (earlier is not null && FormToken.Read(key, earlier) is { } known && clock.GetUtcNow() - known.Issued < Oldest / 2)
        {
            return new JoinTicket(earlier, known.Bits);
        }

        var bits = await IsLowAsync(JoinKeys.OfNetwork(key, from), cancellationToken) ? ProofOfWork.Bits : 0;
        return new JoinTicket(FormToken.Write(key, new IssuedForm(clock.GetUtcNow(), bits)), bits);
    }

    /// <summary>What a form shows for itself; null where its token is none of ours, or too young or too old, so that the page is to be shown again.</summary>
    public async Task<JoinWorth?> JudgeAsync(JoinForm form, CancellationToken cancellationToken)
    {
        if (form.Token is null)
        {
            return JoinWorth.Bare;
        }

        if (FormToken.Read(await SecretAsync(cancellationToken), form.Token) is not { } issued)
        {
            return null;
        }

        var age = clock.GetUtcNow() - issued.Issued;
        if (age < Youngest || age > Oldest)
        {
            return null;
        }

        return issued.Bits >= ProofOfWork.Bits && ProofOfWork.Holds(form.Token, form.Email ?? "", issued.Bits, form.Work) ? JoinWorth.Proven : JoinWorth.Form;
    }

    // A quarter of one is gone. Nobody knows yet which domain will be asked for, so it may be that of any.
    private async Task<bool> IsLowAsync(string network, CancellationToken cancellationToken)
    {
        var limits = options.Value.Join;
        return (await database.ReadAsync(connection => connection.QueryToListAsync<int>(
            LowBudget,
            cancellationToken,
            new DataParameter("network", network, DataType.NVarChar),
            new DataParameter("ofNetwork", Low(limits.MailsPerHourAndNetwork), DataType.Int32),
            new DataParameter("ofDomain", Low(limits.MailsPerHourAndDomain), DataType.Int32),
            new DataParameter("ofAll", Low(limits.MailsPerHour), DataType.Int32),
            new DataParameter("since", (clock.GetUtcNow() - BudgetBook.Window).ToUnixTimeMilliseconds(), DataType.Int64)))).Count > 0;
    }

    private static int Low(int whole) => BudgetBook.Share(whole, JoinWorth.Bare);
}
