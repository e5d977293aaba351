using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>TLS and AUTH; what a refusal says and what it must not say.</summary>
public sealed class SmtpSecurityTests
{
    private const string Username = "sender@example.org";
    private const string Password = "correct horse";

    [DatabaseTheory, EachDatabase, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    public async Task Without_starttls_nothing_is_sent_where_it_is_demanded(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, ("Mail:Smtp:Security", "StartTls"));
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.DoesNotContain(server.Commands, command => command.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        Assert.Contains("Mail:Smtp:Security", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
    }

    [SkippableTheory, Fault("STARTTLS absent, fails, bad certificate, injected reply")]
    [InlineData(DatabaseProvider.Sqlite, "StartTls")]
    [InlineData(DatabaseProvider.PostgreSql, "StartTls")]
    [InlineData(DatabaseProvider.Sqlite, "Tls")]
    [InlineData(DatabaseProvider.PostgreSql, "Tls")]
    public async Task A_certificate_that_nobody_vouches_for_stops_everything(DatabaseProvider provider, string security)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        await using var server = ScriptedSmtpServer.Start(Script(security));
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login(security, Password));
        await room.AddAsync(Mailings.Edition("weekly", 2));

        await room.Loop.TickAsync(default);

        Assert.Empty(server.Logins);
        Assert.Equal(2, (await room.CountAsync("weekly")).Pending);
        Assert.Contains("certificate of Mail:Smtp:Host", Assert.Single(room.Log.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StartTls")]
    [InlineData("Tls")]
    public async Task Over_tls_it_logs_in_and_sends(string security)
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start(Script(security));
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, Login(security, Password));
        TrustOnly(room, server);
        await room.AddAsync(Mailings.Edition("weekly", 20));

        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 20, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.All(server.Logins, login => Assert.Equal(Username, login));
        await room.AssertLedgersAgreeAsync(server, "weekly", 20);
    }

    [DatabaseTheory, EachDatabase, Fault("Drop after dot")]
    public async Task An_answer_lost_over_tls_is_uncertain_too(DatabaseProvider provider)
    {
        using var database = await TestDatabase.CreateAsync(provider);
        var script = Script("StartTls");
        script.Fault = SmtpScript.Once<SmtpFault?>(_ => SmtpFault.DropAfterDotKeeping);
        await using var server = ScriptedSmtpServer.Start(script);
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port, [.. Login("StartTls", Password), ("Mail:Smtp:Connections", "1")]);
        TrustOnly(room, server);
        await room.AddAsync(Mailings.Edition("weekly", 1));

        await room.Loop.TickAsync(default);

        Assert.Equal(1, (await room.CountAsync("weekly")).Uncertain);
    }

    [Fact, Fault("AUTH 535 / 454")]
    public async Task A_wrong_password_is_told_once_without_it_and_costs_nobody_an_attempt()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start(Script("StartTls"));
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, Login("StartTls", "wrong battery"));
        TrustOnly(room, server);
        await room.AddAsync(Mailings.Edition("weekly", 10));

        await room.Loop.TickAsync(default);
        await room.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(10, 0, 0, 0, 0, 0, 0), await room.CountAsync("weekly"));
        Assert.Equal(1, server.Connections);
        var told = Assert.Single(room.Log.Warnings);
        Assert.Contains("Mail:Smtp:Username", told, StringComparison.Ordinal);
        Assert.Contains("535", told, StringComparison.Ordinal);
        Assert.DoesNotContain("battery", room.Log.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain(Username, room.Log.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_file_counts_as_it_is_when_a_connection_opens()
    {
        using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var folder = new TestFolder();
        var file = folder.Write("password", "old\n");
        await using var server = ScriptedSmtpServer.Start(Script("StartTls"));
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, [.. Login("StartTls", null), ("Mail:Smtp:PasswordFile", file)]);
        TrustOnly(room, server);
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
        using var database = await TestDatabase.CreateAsync(provider);
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), 25, ("Mail:Smtp:Host", "no-such-host.invalid"));
        await room.AddAsync(Mailings.Edition("weekly", 1));

        await room.Loop.TickAsync(default);

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

    private static void TrustOnly(MailRoom room, ScriptedSmtpServer server) =>
        ((SmtpCarrier)room.Get<Relays>().All[0].Carrier).Trust = (_, certificate, _, _) => string.Equals(certificate?.GetCertHashString(), server.Certificate.GetCertHashString(), StringComparison.Ordinal);
}
