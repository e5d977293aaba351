using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Joining;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using LinqToDB.Mapping;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>Where a change of address stands.</summary>
public enum AddressChangeState
{
    /// <summary>Waits for its confirmation.</summary>
    Open,

    /// <summary>Everything goes there now.</summary>
    Done,

    /// <summary>The address has subscriptions of its own: nothing has changed, and each is left by its own link.</summary>
    Taken,
}

/// <summary>A change of address, for the page where it is confirmed.</summary>
/// <param name="Email">The new address with most letters replaced by dots.</param>
/// <param name="State">Where it stands now.</param>
public sealed record AddressChange(string Email, AddressChangeState State);

/// <summary>
/// A person's mails go elsewhere: asked for by the link of every mail, confirmed by the one that only the new address gets,
/// <c>address/{token}</c> below the publication's address. Links to the preferences in mails before that are void then.
/// </summary>
public sealed class AddressChanges
{
    // Who holds a link must not make us write to whomever they like as often as they like.
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Database database;
    private readonly Preferences preferences;
    private readonly LinkTokens tokens;
    private readonly JoinForms forms;
    private readonly RecipientRecords recipients;
    private readonly Outbox outbox;
    private readonly AddressMails mails;
    private readonly Erasure erasure;
    private readonly IOptions<NewsletterOptions> options;
    private readonly TimeProvider clock;

    internal AddressChanges(
        Database database, Preferences preferences, LinkTokens tokens, JoinForms forms, RecipientRecords recipients,
        Outbox outbox, AddressMails mails, Erasure erasure, IOptions<NewsletterOptions> options, TimeProvider clock)
    {
        (this.database, this.preferences, this.tokens, this.forms, this.recipients) = (database, preferences, tokens, forms, recipients);
        (this.outbox, this.mails, this.erasure, this.options, this.clock) = (outbox, mails, erasure, options, clock);
    }

    /// <summary>
    /// Asks by mail at the new address. It gets one mail a day at most that strangers can cause, and a person asks once an
    /// hour; whether anybody has that address already is not told here.
    /// </summary>
    /// <param name="token">Of the person's preferences.</param>
    /// <param name="email">As typed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or a sentence in the person's language that says what to mend.</returns>
    public async Task<string?> AskAsync(string token, string? email, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return Phrases.Of("").AddressRefused;
        }

        var words = Phrases.Of(person.Language);
        if (MailAddressSyntax.Normalize(email, out _) is not { } address)
        {
            return words.AddressRefused;
        }

        var now = clock.GetUtcNow();
        var (secret, key) = (await forms.SecretAsync(cancellationToken), await tokens.KeyAsync(cancellationToken));
        var refused = await database.WriteAsync(
            async transaction =>
            {
                var before = await transaction.GetTable<AddressChangeRow>().FirstOrDefaultAsync(row => row.SubscriberId == person.Id, cancellationToken);
                if (before is not null && now - before.AskedAt < Pause)
                {
                    return words.AddressPause;
                }

                await transaction.InsertOrReplaceAsync(new AddressChangeRow { SubscriberId = person.Id, Email = address, AskedAt = now }, token: cancellationToken);
                var keys = JoinKeys.Of(secret, address, null);
                var book = await BudgetBook.OpenAsync(transaction, database, options.Value.Join, [keys], now, cancellationToken);
                if (!book.HasMailed(keys))
                {
                    book.DrawAddress(keys.Address);
                    await book.CloseAsync(transaction, cancellationToken);
                    await mails.AskAsync(transaction, person.Id, address, key, now, cancellationToken);
                }

                return null;
            },
            cancellationToken);
        outbox.Announce();
        return refused;
    }

    /// <summary>What the link's token is about; null where it is none of ours, is older than seven days, or a newer one was asked for. Changes nothing.</summary>
    public async Task<AddressChange?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var key = await tokens.KeyAsync(cancellationToken);
        return LinkTokens.Read(key, LinkPurpose.Address, token) is { } reference
            ? await database.ReadSnapshotAsync(async connection => (await DescribeAsync(connection, key, reference, cancellationToken)).Change, cancellationToken)
            : null;
    }

    /// <summary>The new address agrees: all that is still to be made goes there, and the old one is told. Doing so again changes nothing.</summary>
    public async Task<AddressChange?> ConfirmAsync(string token, CancellationToken cancellationToken)
    {
        var (key, pseudonyms) = (await tokens.KeyAsync(cancellationToken), await recipients.KeyAsync(cancellationToken));
        if (LinkTokens.Read(key, LinkPurpose.Address, token) is not { } reference)
        {
            return null;
        }

        var answer = await database.WriteAsync(
            async transaction =>
            {
                await transaction.TakeAllAsync(database, cancellationToken);
                var (change, person, email) = await DescribeAsync(transaction, key, reference, cancellationToken);
                if (change?.State != AddressChangeState.Open)
                {
                    return change;
                }

                var now = clock.GetUtcNow();
                var old = person!.Email;
                await erasure.MakeRoomAsync(transaction, pseudonyms, email, person.Id, cancellationToken);
                (person.Email, person.EmailKey, person.LinkGeneration) = (email, email.ToLowerInvariant(), person.LinkGeneration + 1);
                await transaction.UpdateAsync(person, token: cancellationToken);
                await transaction.GetTable<AddressChangeRow>().Where(row => row.SubscriberId == person.Id).DeleteAsync(cancellationToken);
                await ConsentRow.AddAsync(transaction, person.Id, "", now, ConsentKind.AddressChanged, "address", "", cancellationToken);
                await recipients.WelcomeBackAsync(transaction, pseudonyms, email, cancellationToken);
                await mails.TellAsync(transaction, person.Id, old, key, now, cancellationToken);
                return change with { State = AddressChangeState.Done };
            },
            cancellationToken);
        outbox.Announce();
        return answer;
    }

    /// <summary>Forgets what nobody confirmed in time.</summary>
    internal Task ForgetAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - Answers.ConfirmationLife;
        return database.WriteAsync(transaction => transaction.GetTable<AddressChangeRow>().Where(row => row.AskedAt <= before).DeleteAsync(cancellationToken), cancellationToken);
    }

    private async Task<(AddressChange? Change, SubscriberRow? Person, string Email)> DescribeAsync(DataConnection connection, byte[] key, LinkReference reference, CancellationToken cancellationToken)
    {
        var person = await connection.GetTable<SubscriberRow>().FirstOrDefaultAsync(row => row.Id == reference.SubscriberId, cancellationToken);
        if (person is null || IsOf(person.Email))
        {
            return (person is null ? null : new AddressChange(Answers.Mask(person.Email), AddressChangeState.Done), person, "");
        }

        var since = clock.GetUtcNow() - Answers.ConfirmationLife;
        var asked = await connection.GetTable<AddressChangeRow>().FirstOrDefaultAsync(row => row.SubscriberId == person.Id && row.AskedAt > since, cancellationToken);
        if (asked is null || !IsOf(asked.Email))
        {
            return (null, person, "");
        }

        var emailKey = asked.Email.ToLowerInvariant();
        var taken = await connection.GetTable<SubscriberRow>().AnyAsync(
            row => row.EmailKey == emailKey && row.Id != person.Id && row.Subscriptions.Any(one => one.State == SubscriptionState.Confirmed), cancellationToken);
        return (new AddressChange(Answers.Mask(asked.Email), taken ? AddressChangeState.Taken : AddressChangeState.Open), person, asked.Email);

        // The token names its address, so that a mail to a slip of the pen confirms nothing else.
        bool IsOf(string email) => string.Equals(PersonalAddresses.Sign(key, email), reference.Newsletter, StringComparison.Ordinal);
    }
}

/// <summary>A change that waits for its confirmation; one a person.</summary>
[Table("address_change")]
internal sealed class AddressChangeRow
{
    [Column("subscriber_id"), PrimaryKey]
    public long SubscriberId { get; set; }

    [Column("email")]
    public string Email { get; set; } = "";

    [Column("asked_at")]
    public DateTimeOffset AskedAt { get; set; }
}
