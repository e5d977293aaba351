using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>TLS and AUTH; what a refusal says and what it must not say.</summary>
public sealed class SmtpSecurityTests
{
    private const string Username = "sender@example.org";
    private const string Password = "correct horse";

    // Nothing; a record's beginning; half of the server's greeting; its refusal (RFC 8446 §6); no TLS at all.
    private static readonly byte[][] BrokenHandshakes = [[], [22, 3], [22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3], [21, 3, 3, 0, 2, 2, 40], [.. "554 5.3.0 what?\r\n"u8]];

    [DatabaseTheory, EachDatabase, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    public async Task Without_starttls_nothing_is_sent_where_it_is_demanded(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript { Login = (Username, Password) });
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login("StartTls", Password));
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal) || command is "AUTH");
        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        Assert.Contains("Mail:Smtp:Security", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        await room.AssertLedgersAgreeAsync(server, "weekly", 2);
    }

    [SkippableTheory, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    [InlineData(DatabaseProvider.Sqlite, "StartTls")]
    [InlineData(DatabaseProvider.PostgreSql, "StartTls")]
    [InlineData(DatabaseProvider.Sqlite, "Tls")]
    [InlineData(DatabaseProvider.PostgreSql, "Tls")]
    public async Task A_handshake_that_breaks_off_gets_no_password_and_no_mail_in_clear_and_is_tried_ever_more_seldom(DatabaseProvider provider, string security)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = Script(security);
        script.LoginInClear = true;
        await using var server = ScriptedSmtpServer.Start(script);
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Login(security, Password));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 3));

        for (var second = 0; second < 30; second++)
        {
            script.HandshakeBegun = BrokenHandshakes[server.Connections % BrokenHandshakes.Length];
            await room.Loop.TickAsync(default);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        // At 0, 1, 3, 7 and 15 seconds.
        Assert.Equal(BrokenHandshakes.Length, server.Connections);
        Assert.Empty(server.Logins);
        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal) || command is "AUTH");
        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal((DeliveryState.Pending, 0), (delivery.State, delivery.Attempts)));
        Assert.Single(room.Log.Warnings);
        await room.AssertLedgersAgreeAsync(server, "weekly", 3);

        script.HandshakeBegun = null;
        await room.TickLaterAsync(clock, TimeSpan.FromMinutes(6));
        Assert.Equal(3, (await room.CountAsync("weekly")).Accepted);
        await room.AssertOverAsync(server, "weekly", 3);
    }

    [SkippableTheory, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    [InlineData(DatabaseProvider.Sqlite, "StartTls")]
    [InlineData(DatabaseProvider.PostgreSql, "StartTls")]
    [InlineData(DatabaseProvider.Sqlite, "Tls")]
    [InlineData(DatabaseProvider.PostgreSql, "Tls")]
    public async Task A_certificate_that_nobody_vouches_for_stops_everything(DatabaseProvider provider, string security)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(Script(security));
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login(security, Password));
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.Empty(server.Logins);
        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        Assert.Contains("certificate of Mail:Smtp:Host", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        await room.AssertLedgersAgreeAsync(server, "weekly", 2);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Over_tls_it_logs_in_and_sends(string security)
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start(Script(security));
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login(security, Password));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 20));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 20, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.All(server.Logins, login => Assert.Equal(Username, login));
        await room.AssertLedgersAgreeAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase, Fault("Drop after dot")]
    public async Task An_answer_lost_over_tls_is_uncertain_too(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var script = Script("StartTls");
        script.Fault = SmtpScript.Once<SmtpFault?>(_ => SmtpFault.DropAfterDotKeeping);
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, [.. Login("StartTls", Password), ("Mail:Smtp:Connections", "1")]);
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 1));

        await room.Loop.TickAsync(default);

        Assert.Equal(1, (await room.CountAsync("weekly")).Uncertain);
        await room.AssertLedgersAgreeAsync(server, "weekly", 1);
    }

    [DatabaseTheory, EachDatabase, Fault("AUTH 535 / 454")]
    public async Task A_wrong_password_is_told_once_without_it_and_costs_nobody_an_attempt(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(Script("StartTls"));
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Login("StartTls", "wrong battery"));
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 10));

        await room.Loop.TickAsync(default);
        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(10, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(1, server.Connections);
        var told = Assert.Single(room.Log.Warnings);
        Assert.Contains("Mail:Smtp:Username", told, StringComparison.Ordinal);
        Assert.Contains("535", told, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", room.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Username, room.Log.Text, StringComparison.Ordinal);
        await room.AssertLedgersAgreeAsync(server, "weekly", 10);
    }

    [Fact]
    public async Task A_password_file_counts_as_it_is_when_a_connection_opens()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        var file = folder.Write("password", "old\n");
        await using var server = ScriptedSmtpServer.Start(Script("StartTls"));
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, [.. Login("StartTls", null), ("Mail:Smtp:PasswordFile", file)]);
        room.TrustOnly(server);
        await room.AddAsync(Mailings.Edition("weekly", 1));
        await room.Loop.TickAsync(default);
        Assert.Equal(1, (await room.CountAsync("weekly")).Pending);

        folder.Write("password", Password + "\nthe second line is for people\n");
        await room.TickLaterAsync(clock, TimeSpan.FromSeconds(2));
        Assert.Equal(1, (await room.CountAsync("weekly")).Accepted);

        File.Delete(file);
        await room.AddAsync(Mailings.Edition("daily", 1));
        await room.Loop.TickAsync(default);
        Assert.Contains(room.Log.Warnings, told => told.Contains("Mail:Smtp:PasswordFile", StringComparison.Ordinal));
    }

    [DatabaseTheory, EachDatabase, Fault("Connect refused, DNS fail")]
    public async Task A_name_that_does_not_exist_is_told_by_its_key(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, 25, ("Mail:Smtp:Host", "no-such-host.invalid"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        for (var second = 0; second < 10; second++)
        {
            await room.TickLaterAsync(clock, TimeSpan.FromSeconds(1));
        }

        Assert.All(await room.DeliveriesAsync(), delivery => Assert.Equal((0, 0), (delivery.Attempts, delivery.Claims)));

        Assert.Contains("Mail:Smtp:Host, no-such-host.invalid", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, (await room.CountAsync("weekly")).Pending);
    }

    private static SmtpScript Script(string security) => new()
    {
        StartTls = string.Equals(security, "StartTls", StringComparison.Ordinal),
        ImplicitTls = string.Equals(security, "Tls", StringComparison.Ordinal),
        Login = (Username, Password),
    };

    private static (string Key, string? Value)[] Login(string security, string? password) =>
        [("Mail:Smtp:Security", security), ("Mail:Smtp:Username", Username), ("Mail:Smtp:Password", password)];
}
