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
        OpenAsync(database, clock, port, null, settings);

    public static Task<MailRoom> OpenAsync(TestDatabase database, TimeProvider clock, int port, IMailingReview? review, params (string Key, string? Value)[] settings) =>
        MailRoom.OpenAsync(
            database,
            clock,
            review,
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

    /// <summary>Advances past every delay that may follow a first refusal or trouble, and ticks.</summary>
    public static async Task TickLaterAsync(this MailRoom room, FakeTimeProvider clock, TimeSpan after)
    {
        clock.Advance(after);
        await room.Loop.TickAsync(default);
    }

    /// <summary>The judge: nobody is in the server's ledger who is not accepted or doubtful in ours, and the counts sum.</summary>
    public static async Task AssertLedgersAgreeAsync(this MailRoom room, ScriptedSmtpServer server, string mailingKey, int audience)
    {
        var counts = await room.CountAsync(mailingKey);
        var standing = (await room.Get<MailingControl>().FindAsync([mailingKey], default))[mailingKey];
        Assert.Equal((audience, 0), (counts.Total, standing.Difference));
        var deliveries = await room.DeliveriesAsync();
        var accepted = deliveries.Where(row => row.State == DeliveryState.Accepted).Select(row => row.Address).ToHashSet(StringComparer.Ordinal);
        var doubtful = deliveries.Where(row => row.Doubts > 0).Select(row => row.Address).ToHashSet(StringComparer.Ordinal);
        var got = server.Ledger.Recipients.CountBy(address => address, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var report = string.Join('\n', [
            $"{counts}",
            "whom | ours, attempts, claims, doubts | theirs",
            .. deliveries.Select(row => $"{row.Address} | {row.State}, {row.Attempts}, {row.Claims}, {row.Doubts} | {got.GetValueOrDefault(row.Address)}"),
            .. got.Where(recipient => !deliveries.Exists(row => string.Equals(row.Address, recipient.Key, StringComparison.Ordinal))).Select(recipient => $"{recipient.Key} | nobody of ours | {recipient.Value}"),
        ]);
        Assert.True(accepted.All(got.ContainsKey), $"lost: {report}");
        Assert.True(got.All(recipient => accepted.Contains(recipient.Key) || doubtful.Contains(recipient.Key)), $"unnamed: {report}");
        Assert.True(got.All(recipient => recipient.Value == 1 || doubtful.Contains(recipient.Key)), $"twice: {report}");
    }
}
