using System.Text;
using Feeds.Mail.Tests.Bounces;
using Feeds.Mail.Tests.Returns;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail.Tests.Suppression;

public sealed class SuppressionListTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Nobody_on_the_list_is_written_to_neither_an_edition_nor_a_confirmation_until_lifted(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        await room.Mail.AddAsync(Mailings.Edition("weekly", [.. Enumerable.Range(1, 30).Select(number => Mailings.Recipient("weekly", number, $"Reader{number}@example.org"))]));
        for (var number = 1; number <= 20; number++)
        {
            Assert.Null(await room.List.AddAsync($"READER{number}@Example.org", "asked by letter", default));
        }

        await room.Mail.AddAsync(Confirmation("confirm"));
        await room.Mail.Loop.TickAsync(default);

        Assert.Equal(new DeliveryCounts(0, 0, 10, 0, 0, 20, 0), await room.Mail.CountAsync("weekly"));
        Assert.Equal(new DeliveryCounts(0, 0, 0, 0, 0, 1, 0), await room.Mail.CountAsync("confirm"));
        var reasons = await room.Mail.Database.ReadAsync(connection => connection.GetTable<DeliveryRow>().Where(row => row.State == DeliveryState.Suppressed).Select(row => row.SuppressedAs).Distinct().ToListAsync());
        Assert.Equal([SuppressionReason.Listed], reasons);

        Assert.True(await room.List.LiftAsync("reader1@EXAMPLE.org", default));
        Assert.False(await room.List.LiftAsync("reader1@example.org", default));
        await room.Mail.AddAsync(Confirmation("again"));
        await room.Mail.Loop.TickAsync(default);
        Assert.Equal(new DeliveryCounts(0, 0, 1, 0, 0, 0, 0), await room.Mail.CountAsync("again"));
        Assert.Equal(new DeliveryCounts(0, 0, 10, 0, 0, 20, 0), await room.Mail.CountAsync("weekly"));
    }

    [DatabaseTheory, EachDatabase, Fault("Unsubscribe, bounce, erasure mid-send")]
    public async Task Who_bounces_amid_an_edition_is_neither_written_to_nor_tried_again_and_what_is_in_flight_counts(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var answer = new PausedAnswer();
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            Rcpt = address => address is "reader1@example.org" ? "450 4.2.2 full" : null,
            BeforeAnswer = address => address is "reader2@example.org" ? answer.HoldAsync() : Task.CompletedTask,
        });
        var clock = MailRoom.Clock();
        await using var room = await SmtpRoom.OpenAsync(database, clock, server.Port, ("Mail:BounceAddress", ReturnRoom.Bounces), ("Mail:Smtp:Connections", "1"));
        await room.AddAsync(Mailings.Edition("weekly", 4));
        var sending = Task.Run(() => room.Loop.TickAsync(default));
        await answer.Reached;

        // The first waits for its next attempt, the second is in flight, the third is still to come.
        var ours = new ReturnAddress(ReturnRoom.Bounces, await room.Get<StoredValues>().KeyAsync(ReturnAddress.KeyName, 32, default));
        foreach (var delivery in (await room.DeliveriesAsync()).Take(3))
        {
            var bounce = BounceSamples.Bytes(BounceSamples.Dialects["DSN"], ours.Write(ReturnPurpose.Bounce, delivery.Id));
            Assert.Equal(ReturnOutcome.Done, (await room.Get<Mail.Returns>().TakeAsync(new MemoryStream(bounce), default)).Outcome);
        }

        answer.Release();
        await sending;
        await room.TickLaterAsync(clock, TimeSpan.FromDays(1));

        Assert.Equal(new DeliveryCounts(0, 0, 2, 0, 0, 2, 0), await room.CountAsync("weekly"));
        Assert.Equal(["reader2@example.org", "reader4@example.org"], server.Ledger.Recipients, StringComparer.Ordinal);
        Assert.Single(server.Commands, command => command.StartsWith("RCPT TO:<reader1@", StringComparison.Ordinal));
        await room.AssertOverAsync(server, "weekly", 4);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_list_is_exported_imported_elsewhere_and_there_the_same(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var sent = await room.SendAsync("weekly", 2);
        await room.TakeBounceAsync(sent["reader1@example.org"], "5.1.1");
        await room.TakeAsync(room.Sample("Complaint", ReturnPurpose.Bounce, sent["reader2@example.org"]));
        await room.List.AddAsync("anna@bücher.example", "she said \"no, thanks\", twice", default);
        var file = new StringWriter();
        await room.List.ExportAsync(file, default);

        await using var other = await ReturnRoom.OpenAsync(provider);
        var report = await other.List.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), default);
        var again = await other.List.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), default);

        Assert.Equal((3, 0, 0), (report.Listed, report.Known, report.RefusedCount));
        Assert.Equal((0, 3, 0), (again.Listed, again.Known, again.RefusedCount));
        Assert.Equal(
            (await room.ListedAsync()).Select(one => (one.Address, one.Cause, one.Detail)).Order(),
            (await other.ListedAsync()).Select(one => (one.Address, one.Cause, one.Detail)).Order());
        Assert.Equal("anna@xn--bcher-kva.example", (await other.ListedAsync())[0].Address);
    }

    [Fact, Attack(35)]
    public async Task No_cell_of_an_exported_list_is_a_formula_and_each_comes_back_as_it_was()
    {
        string[] hostile = ["=cmd|'calc'!A0", "=cmd|calc", "+33123456789", "-1+1", "@SUM(A1)", "\t=1", "'=1", "''+1", "'quoted'", "550 =1"];
        await using var room = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite);
        foreach (var (detail, number) in hostile.Select((detail, number) => (detail, number)))
        {
            await room.List.AddAsync($"{(number % 2 == 0 ? "=1+1" : "''-")}{number}@example.org", detail, default);
        }

        var file = new StringWriter();
        await room.List.ExportAsync(file, default);
        await using var other = await ReturnRoom.OpenAsync(DatabaseProvider.Sqlite);
        await other.List.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(file.ToString())), default);

        var cells = file.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).SelectMany(line => line.Split(',')).ToList();
        Assert.True(cells.Count >= 5 * hostile.Length, file.ToString());
        Assert.DoesNotContain(cells, cell => cell.TrimStart('"') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]);
        var before = await room.ListedAsync();
        Assert.Equal([.. hostile.Select(detail => detail.Trim())], before.Select(one => one.Detail), StringComparer.Ordinal);
        Assert.Equal(before.Select(one => (one.Address, one.Detail)).Order(), (await other.ListedAsync()).Select(one => (one.Address, one.Detail)).Order());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Files_of_other_programs_are_imported_and_each_bad_line_is_named(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        var lines = new StringBuilder("\uFEFFid,Email,Reason\r\n1,anna@example.net,Bounced Address\r\n2,nobody,x\r\n\r\n3,\"bob@example.net\",complaint\r\n4\r\n5,\"open\r\n6,ANNA@EXAMPLE.NET,\r\n");
        for (var number = 0; number < 1_200; number++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"7,many{number}@example.com,\r\n");
        }

        var report = await room.List.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString())), default);
        var plain = await room.List.ImportAsync(new MemoryStream("# mine\ncara@example.net\ncara@\n"u8.ToArray()), default);

        Assert.Equal((1_202, 1, 3), (report.Listed, report.Known, report.RefusedCount));
        Assert.Equal([3L, 6L, 7L], report.Refused.Select(line => line.Line));
        Assert.All(report.Refused, line => Assert.DoesNotContain("nobody", line.Reason, StringComparison.Ordinal));
        Assert.Equal((1, 3), (plain.Listed, Assert.Single(plain.Refused).Line));
        var found = await room.List.FindAsync(new SuppressionSearch { Domain = "Example.NET" }, 10, default);
        Assert.Equal(["anna@example.net", "bob@example.net", "cara@example.net"], found.Select(one => one.Address).Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal((SuppressionCause.Manual, "Bounced Address"), found.Where(one => one.Address.StartsWith("anna", StringComparison.Ordinal)).Select(one => (one.Cause, one.Detail)).Single());
        Assert.Equal(SuppressionCause.Complaint, found.Single(one => one.Address.StartsWith("bob", StringComparison.Ordinal)).Cause);

        var pages = 0;
        var all = new HashSet<string>(StringComparer.Ordinal);
        for (var page = await room.List.FindAsync(new SuppressionSearch { Beginning = "Many" }, 500, default);
            page.Count > 0;
            page = await room.List.FindAsync(new SuppressionSearch { Beginning = "Many", After = page[^1].Number }, 500, default))
        {
            pages++;
            all.UnionWith(page.Select(one => one.Address));
        }

        Assert.Equal((3, 1_200), (pages, all.Count));
        await Assert.ThrowsAsync<InvalidDataException>(() => room.List.ImportAsync(new MemoryStream(new byte[SuppressionList.LargestFile + 1]), default));
    }

    [DatabaseTheory, EachDatabase, Attack(1)]
    public async Task Whatever_is_typed_is_looked_for_as_it_is(DatabaseProvider provider)
    {
        await using var room = await ReturnRoom.OpenAsync(provider);
        await room.List.AddAsync("a_b%c@example.org", new string('é', 199) + "🌞", default);
        await room.List.AddAsync("axbyc@example.org", "a\0b\r\nc", default);

        Assert.NotNull(await room.List.AddAsync("a\0@example.org", null, default));
        Assert.Single(await room.List.FindAsync(new SuppressionSearch { Beginning = "A_B%" }, 10, default));
        Assert.Empty(await room.List.FindAsync(new SuppressionSearch { Beginning = "a\0", Domain = "\0" }, 10, default));
        Assert.Empty(await room.List.FindAsync(new SuppressionSearch { Domain = "xample.org" }, 10, default));
        Assert.Equal([new string('é', 199), "a b  c"], (await room.ListedAsync()).Select(one => one.Detail), StringComparer.Ordinal);
    }

    private static Mailing Confirmation(string key) => new(
        key,
        Mailings.Date,
        "fr",
        null,
        [new MailingPart(Mailings.Content, [Mailings.Recipient(key, 1)])]);
}
