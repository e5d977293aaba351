using System.Text;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>Servers that answer what they should not, where they should not. The judge is the server's own ledger.</summary>
public sealed class WireFaultTests
{
    private static readonly TimeSpan PastBackOff = TimeSpan.FromMinutes(20);

    public static TheoryData<DatabaseProvider, string> EachPlace()
    {
        var rows = new TheoryData<DatabaseProvider, string>();
        foreach (var place in new[] { "banner", "EHLO", "MAIL", "RCPT", "DATA", "dot" })
        {
            rows.Add(DatabaseProvider.Sqlite, place);
            rows.Add(DatabaseProvider.PostgreSql, place);
        }

        return rows;
    }

    [SkippableTheory, MemberData(nameof(EachPlace)), Fault("421 anywhere")]
    public async Task A_421_at_any_place_defers_one_message_at_most_and_everybody_gets_theirs_over_other_connections(DatabaseProvider provider, string place)
    {
        const string Busy = "421 4.3.2 going down";
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = new SmtpScript();
        await using var server = ScriptedSmtpServer.Start(script);
        var second = SmtpScript.Once<string>(address => address.StartsWith("reader2@", StringComparison.Ordinal) || address.StartsWith("news@", StringComparison.Ordinal) ? Busy : null);
        switch (place)
        {
            case "banner":
                script.Banner = Busy;
                break;
            case "EHLO":
                script.Ehlo = Busy;
                break;
            case "MAIL":
                script.Mail = second;
                break;
            case "RCPT":
                script.Rcpt = second;
                break;
            case "DATA":
                script.Data = second;
                break;
            default:
                script.Dot = second;
                break;
        }

        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 4));

        await room.Loop.TickAsync(default);
        Assert.True((await room.CountAsync("weekly")).Open > 0);
        (script.Banner, script.Ehlo) = ("220 test.invalid ESMTP", null);
        await room.TickLaterAsync(clock, PastBackOff);

        Assert.Equal(new DeliveryCounts(0, 0, 4, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal(1, delivery.Attempts));
        await room.AssertOverAsync(server, "weekly", 4);
    }

    [SkippableTheory, Fault("AUTH 535 / 454")]
    [InlineData(DatabaseProvider.Sqlite, "454 4.7.0 the directory is away")]
    [InlineData(DatabaseProvider.PostgreSql, "454 4.7.0 the directory is away")]
    [InlineData(DatabaseProvider.Sqlite, "535 5.7.8 not you")]
    [InlineData(DatabaseProvider.PostgreSql, "535 5.7.8 not you")]
    public async Task A_login_that_is_refused_for_now_or_for_good_costs_nobody_an_attempt_and_is_told_once_without_hammering(DatabaseProvider provider, string answer)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { StartTls = true, Login = ("sender", "correct horse"), Auth = answer });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Security", "StartTls"), ("Mail:Smtp:Username", "sender"), ("Mail:Smtp:Password", "correct horse"));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 10));

        for (var second = 0; second < 60; second++)
        {
            await room.Loop.TickAsync(default);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(6, server.Connections);
        Assert.Equal(10, (await room.CountAsync("weekly")).Pending);
        Assert.Contains(answer[..3], Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        server.Script.Auth = null;
        await room.TickLaterAsync(clock, PastBackOff);
        Assert.Equal(10, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 10);
    }

    [DatabaseTheory, EachDatabase, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    public async Task What_somebody_writes_in_clear_behind_starttls_is_never_taken_for_the_servers_answer(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { StartTls = true, Injected = "\r\n250-injected\r\n250 AUTH PLAIN LOGIN" });
        await using var room = await SmtpRoom.OpenAsync(
            database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Security", "StartTls"), ("Mail:Smtp:Username", "sender"), ("Mail:Smtp:Password", "correct horse"), ("Mail:Smtp:Connections", "1"));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        // The server itself offers no login: whoever tries one believed the stranger.
        Assert.Empty(server.Logins);
        Assert.DoesNotContain("AUTH", server.Commands, StringComparer.Ordinal);
        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        await room.AssertLedgersAgreeAsync(server, "weekly", 2);
    }

    [SkippableTheory, Fault("Malformed/multiline/huge reply, no enhanced code")]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    public async Task An_answer_of_many_lines_or_without_end_is_bounded_and_read_by_its_basic_code(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var many = string.Join("\r\n", Enumerable.Repeat("550-so much to say", 200)) + "\r\n550 at last";
        var huge = "550 " + new string('x', 100_000);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address => address[..7] switch { "reader1" => many, "reader2" => huge, "reader3" => "450", "reader4" => "what?", _ => null },
            Taken = address => address.StartsWith("reader5@", StringComparison.Ordinal) ? "so be it" : null,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 6));

        for (var round = 0; round < 6; round++)
        {
            await room.Loop.TickAsync(default);
            clock.Advance(PastBackOff);
        }

        var deliveries = await room.DeliveriesAsync();
        var attempts = await room.AttemptsAsync();
        Assert.Equal((DeliveryState.Failed, DeliveryState.Deferred, DeliveryState.Accepted), (deliveries[0].State, deliveries[2].State, deliveries[5].State));
        // What has no code says nothing: before the end of a message it was not sent, after it nobody knows.
        Assert.Equal((DeliveryState.Deferred, 0), (deliveries[3].State, deliveries[3].Attempts));
        Assert.True(deliveries[4].Doubts > 0);
        Assert.NotEqual(DeliveryState.Accepted, deliveries[1].State);
        Assert.All(attempts, attempt => Assert.True(attempt.ReplyText is null || (attempt.ReplyText.Length <= 500 && !attempt.ReplyText.Any(char.IsControl))));
        await room.AssertLedgersAgreeAsync(server, "weekly", 6);
    }
}

/// <summary>Whatever a server says and whatever is typed: 20,000 of each.</summary>
public sealed class WireFuzzTests
{
    private const int Inputs = 20_000;
    private static readonly string[] Pieces =
        ["\r", "\n", "\0", "\"", "(", ")", "<", ">", "@", ".", ",", ";", ":", "\\", " ", "\t", "é", "ü", "例え", "xn--", "a", "B", "7", "-", "_", "+", "example", "org", "=?utf-8?q?", "?=", "5.1.1", "4.7", "550", "250-", "\u2028", "\u202e", "\ud800", "RCPT TO:", "DATA", new string('x', 60)];

    [Fact]
    public void Twenty_thousand_addresses_are_each_refused_or_break_neither_a_header_nor_a_command()
    {
        var random = new Random(20261123);
        var accepted = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var typed = i % 2 == 0 ? Anything(random, 12) : $"{Likely(random)}@{Likely(random)}.{(i % 4 == 1 ? "example" : "münchen.example")}";
            var stored = MailAddressSyntax.Normalize(typed, out var reason);
            Assert.Equal(stored is null, reason is not null);
            if (stored is null)
            {
                continue;
            }

            accepted++;
            Assert.True(Encoding.UTF8.GetByteCount(stored) <= 254, Place(i, typed));
            Assert.DoesNotContain(stored, letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '<' or '>' or '"' or '(' or ')' or ',' or ';' or ':' or '\\');
            Assert.True(stored[(stored.LastIndexOf('@') + 1)..].All(char.IsAscii), Place(i, typed));
            var header = new MimeKit.MailboxAddress("", stored).ToString();
            // It shows a domain in its own letters; that is the same one.
            Assert.True(MimeKit.MailboxAddress.TryParse(header, out var read) && string.Equals(MailAddressSyntax.Normalize(read.Address, out _), stored, StringComparison.Ordinal), Place(i, typed));
        }

        Assert.InRange(accepted, Inputs / 20, Inputs);
    }

    [Fact, Fault("Malformed/multiline/huge reply, no enhanced code")]
    public void Twenty_thousand_answers_are_each_cut_to_a_line_and_give_a_well_formed_code_or_none()
    {
        var random = new Random(20261124);
        var codes = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var said = i % 2 == 0 ? Anything(random, 40) : $"{random.Next(1, 7)}.{random.Next(0, 1200)}.{random.Next(0, 1200)}{Anything(random, 5)}";
            var text = ReplyText.Clean(said);
            Assert.True(text.Length <= 500 && !text.Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u202e'), Place(i, said));
            Assert.DoesNotMatch("[^\\s<>…]@[^\\s<>…]", ReplyText.WithoutAddresses(said));
            if (ReplyText.EnhancedCode(said) is { } code)
            {
                codes++;
                Assert.Matches(@"\A[245]\.\d{1,3}\.\d{1,3}\z", code);
                Assert.StartsWith(code, said, StringComparison.Ordinal);
            }
        }

        Assert.InRange(codes, Inputs / 50, Inputs);
    }

    private static string Anything(Random random, int most) => string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static string Likely(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "abcdefghijkmnxyz0123456789.-+_éü"[random.Next(32)]));

    private static string Place(int i, string input) => $"input {i}: {Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(input))}";
}
