using System.Globalization;
using Feeds.Testing.Smtp;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

/// <summary>A room in live mode, and what its tests ask of the ledgers.</summary>
internal static class SmtpRoom
{
    public static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, int port, params (string Key, string? Value)[] settings) =>
        OpenAsync(database, clock, port, null, null, settings);

    public static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, int port, IMailingReview? review, params (string Key, string? Value)[] settings) =>
        OpenAsync(database, clock, port, review, null, settings);

    public static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, int port, DatabaseLine line, params (string Key, string? Value)[] settings) =>
        OpenAsync(database, clock, port, null, line, settings);

    private static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, int port, IMailingReview? review, DatabaseLine? line, (string Key, string? Value)[] settings) =>
        MailRoom.OpenAsync(
            database,
            clock,
            review,
            line,
            [
                ("Mail:Mode", "live"),
                ("Mail:From", "news@example.org"),
                ("Mail:Smtp:Host", "localhost"),
                ("Mail:Smtp:Port", port.ToString(CultureInfo.InvariantCulture)),
                ("Mail:Smtp:Security", "None"),
                ("Mail:Smtp:Connections", "4"),
                .. settings,
            ]);

    public static Task<List<AttemptRow>> AttemptsAsync(this MailRoom room) =>
        room.Database.ReadAsync(connection => connection.GetTable<AttemptRow>().OrderBy(row => row.Id).ToListAsync());

    public static Task<List<DeliveryRow>> DeliveriesAsync(this MailRoom room) =>
        room.Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().OrderBy(row => row.Id).ToListAsync());

    /// <summary>Takes a table away, or gives it back: what needs it fails as a database does.</summary>
    public static Task<int> RenameAsync(this MailRoom room, string from, string to) =>
        room.Database.WriteAsync(connection => connection.ExecuteAsync($"ALTER TABLE {from} RENAME TO {to}"), default);

    /// <summary>How often the one process that has a lease renewed it.</summary>
    public static Task<long> RenewalsAsync(this MailRoom room) =>
        room.Database.ReadAsync(connection => connection.GetTable<SenderRow>().Select(row => (long)row.Renewals).SingleAsync());

    /// <summary>Advances past every delay that may follow a first refusal or trouble, and ticks.</summary>
    public static async Task TickLaterAsync(this MailRoom room, FakeTimeProvider clock, TimeSpan after)
    {
        clock.Advance(after);
        await room.Loop.TickAsync(default);
    }

    /// <summary>Has the judge compare our ledger with the server's; that mailing has so many recipients.</summary>
    public static Task AssertLedgersAgreeAsync(this MailRoom room, ScriptedSmtpServer server, string mailingKey, int audience) =>
        room.AssertLedgersAgreeAsync([server], mailingKey, audience, isOver: false);

    /// <summary>The same where nothing is to be open any more.</summary>
    public static Task AssertOverAsync(this MailRoom room, ScriptedSmtpServer server, string mailingKey, int audience) =>
        room.AssertLedgersAgreeAsync([server], mailingKey, audience, isOver: true);

    /// <inheritdoc cref="AssertLedgersAgreeAsync(MailRoom, ScriptedSmtpServer, string, int)"/>
    public static async Task AssertLedgersAgreeAsync(this MailRoom room, IReadOnlyList<ScriptedSmtpServer> servers, string mailingKey, int audience, bool isOver)
    {
        var mailings = await room.Database.ReadAsync(connection => connection.GetTable<MailingRow>().ToListAsync());
        var tried = (await room.AttemptsAsync()).ToLookup(attempt => attempt.DeliveryId, attempt => $"{attempt.Outcome} {attempt.ReplyCode} {attempt.EnhancedCode}".TrimEnd());
        LedgerJudge.AssertAgree(
            mailings.Sum(mailing => mailing.Audience),
            (await room.DeliveriesAsync()).ConvertAll(row => new LedgerDelivery(new LedgerEntry(row.Address, row.MessageId), $"{row.State}", row.Doubts, string.Join(", ", tried[row.Id]))),
            [.. servers.SelectMany(server => server.Ledger.Entries)],
            isOver);
        Assert.Equal((audience, audience), (mailings.Find(mailing => string.Equals(mailing.Key, mailingKey, StringComparison.Ordinal))!.Audience, (await room.CountAsync(mailingKey)).Total));
    }

    /// <summary>Takes that server's certificate for a good one, and no other.</summary>
    public static void TrustOnly(this MailRoom room, ScriptedSmtpServer server) =>
        ((SmtpCarrier)room.Get<Relays>().All[0].Carrier).Trust = (_, certificate, _, _) => string.Equals(certificate?.GetCertHashString(), server.Certificate.GetCertHashString(), StringComparison.Ordinal);
}
