using Feeds.Mail;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests.Importing;

public sealed class SubscriberImportTests
{
    [DatabaseTheory, EachDatabase]
    public async Task People_whose_consent_is_proved_are_subscribed_from_the_next_article_on_and_the_source_is_kept(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.Room.PublishAsync("Old", 1, "Prix");

        var report = await import.ImportAsync("email,confirmed_at,categories\nada@example.org,2024-01-02 03:04:05,prix\nbob@example.org,,\n");
        await import.Room.PublishAsync("New", 2, "Autre");
        await import.Room.MakeAsync("weekly", 0);

        Assert.Equal(new SubscriberImportCounts { Confirmed = 2 }, report.Counts);
        Assert.Equal(["ada@example.org weekly Confirmed", "bob@example.org weekly Confirmed"], await import.StandAsync());
        Assert.Equal(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero), (await import.Room.Subscribers.ListAsync(default))[0].Since);
        Assert.Equal(["5 paper form, fair of May 2026", "5 paper form, fair of May 2026"], await import.QueryAsync<string>("SELECT kind || ' ' || source FROM consent"));
        var mail = Assert.Single(await import.Room.MailsAsync());
        Assert.Equal(("bob@example.org", "New"), (mail.Address, Assert.Single(mail.Titles)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Without_a_source_nobody_is_subscribed_and_nothing_is_sent(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        const string File = "email,state\nada@example.org,confirmed\nbob@example.org,left\neve@example.org,bounced\n";

        var first = await import.ImportAsync(File, request => request with { Source = null });
        var proved = await import.ImportAsync(File);

        Assert.Equal(new SubscriberImportCounts { Unconfirmed = 1, Left = 1, Listed = 1 }, first.Counts);
        Assert.Equal(new SubscriberImportCounts { Confirmed = 1, StayLeft = 1, StaySuppressed = 1 }, proved.Counts);
        Assert.Empty(await import.Room.MailsAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_left_here_or_is_suppressed_stays_so(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.Room.PublishAsync("One");
        await import.Room.AddAsync("left@example.org");
        await import.Room.PublishAsync("Two");
        await import.Room.MakeAsync("weekly", 0);
        var link = (await import.Room.MailsAsync())[0].UnsubscribeUrl;
        await import.Room.Subscribers.UnsubscribeAsync(Newsroom.TokenIn(link), default);
        await import.Room.Get<SuppressionList>().AddAsync("spam@bücher.example", "complained", default);

        var report = await import.ImportAsync("email\nLEFT@example.org\nSpam@xn--bcher-kva.example\nnew@example.org\n");

        Assert.Equal(new SubscriberImportCounts { Confirmed = 1, StayLeft = 1, StaySuppressed = 1 }, report.Counts);
        Assert.Equal(["left@example.org weekly Left", "new@example.org weekly Confirmed"], await import.StandAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task Who_left_there_has_left_here_and_who_bounced_there_is_not_written_to(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.ImportAsync("email\nada@example.org\nbob@example.org\n");
        await import.Room.PublishAsync("One");
        await import.Room.MakeAsync("weekly", 0);

        var report = await import.ImportAsync("email,state\nada@example.org,unsubscribed\nbob@example.org,cleaned\neve@example.org,complained\nnew@example.org,left\n");

        Assert.Equal(new SubscriberImportCounts { Left = 2, Listed = 2 }, report.Counts);
        Assert.Equal(["ada@example.org weekly Left", "bob@example.org weekly Confirmed", "new@example.org weekly Left"], await import.StandAsync());
        Assert.Equal("suppressed", (await import.Room.MailsAsync()).Single(mail => string.Equals(mail.Address, "ada@example.org", StringComparison.Ordinal)).State);
        var listed = await import.Room.Get<SuppressionList>().FindAsync(new SuppressionSearch(), 10, default);
        Assert.Equal([("bob@example.org", "hard_bounce"), ("eve@example.org", "complaint")], listed.Select(one => (one.Address, one.CauseName)));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_choice_made_here_is_not_overruled_by_an_older_one_made_there(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.Room.AddAsync("ada@example.org");
        await import.Room.AddAsync("bob@example.org");
        await import.Room.AddAsync("eve@example.org");
        import.Room.Clock.Advance(TimeSpan.FromDays(1));

        var report = await import.ImportAsync("email,unsubscribed_at\nada@example.org,2026-11-22 00:00:00\nbob@example.org,yes\neve@example.org,2026-11-23 12:00:00\n");

        Assert.Equal(new SubscriberImportCounts { Known = 2, Left = 1 }, report.Counts);
        Assert.Equal(["ada@example.org weekly Confirmed", "bob@example.org weekly Confirmed", "eve@example.org weekly Left"], await import.StandAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task One_person_in_ten_rows_is_one_and_the_row_that_says_no_counts(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);

        var report = await import.ImportAsync(
            "email,state\nada@bücher.example,confirmed\nADA@bücher.example,\nada@xn--bcher-kva.example,confirmed\nAda@Bücher.example,subscribed\n"
            + "bob@example.org,confirmed\nBOB@example.org,confirmed\nBob@Example.org,unsubscribed\n");

        Assert.Equal(new SubscriberImportCounts { Confirmed = 1, Known = 3, Left = 1, StayLeft = 2 }, report.Counts);
        Assert.Equal(["ada@xn--bcher-kva.example weekly Confirmed", "Bob@example.org weekly Left"], await import.StandAsync());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_dry_run_tells_the_same_and_changes_nothing(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        var people = string.Concat(Enumerable.Range(0, 6_000).Select(number => $"reader{number % 2_500}@example.org,{(number % 7) switch { 0 => "left", 1 => "bounced", _ => "confirmed" }}\n"));

        var dry = await import.ImportAsync($"email,state\nnobody,\n{people}", request => request with { IsDryRun = true });
        var before = await import.StandAsync();
        var real = await import.ImportAsync($"email,state\nnobody,\n{people}");

        Assert.Empty(before);
        Assert.Equal(real.Counts, dry.Counts);
        Assert.Equal((1, 1), (dry.RefusedCount, real.RefusedCount));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Refused_rows_are_in_a_file_that_can_be_mended_and_imported(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.Room.PublishAsync("One", 1, "Prix");

        var report = await import.ImportAsync("email;name;categories\nada@example.org;=1+1;\nno address;=2+2, \"or\";prix\nbob@example.org;;Nothing\neve@example.org;\"open;\n");
        var refused = await File.ReadAllTextAsync(import.Refused);
        var mended = await import.ImportAsync(refused.Replace("no address", "bob@example.org", StringComparison.Ordinal));

        Assert.Equal((1L, 3L), (report.Counts.Confirmed, report.RefusedCount));
        Assert.Equal(["3", "4", "5"], refused.Split("\r\n")[1..^1].Select(line => line.Split(',')[0]), StringComparer.Ordinal);
        Assert.Contains("'=2+2, \"\"or\"\"", refused, StringComparison.Ordinal);
        Assert.Contains("weekly has no category “Nothing”: write some of prix.", refused, StringComparison.Ordinal);
        Assert.Equal(1, mended.Counts.Confirmed);
        Assert.Equal(["refused_line", "refused_reason", "name"], mended.LeftOut);
        Assert.False(File.Exists((await import.ImportAsync("email\nada@example.org\n")).RefusedFile ?? import.Refused));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_file_says_which_cadence_or_the_operator_does(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);

        var nobody = await Assert.ThrowsAsync<InvalidDataException>(() => import.ImportAsync("email\nada@example.org\n", request => request with { Cadence = null }));
        var unknown = await Assert.ThrowsAsync<InvalidDataException>(() => import.ImportAsync("email\nada@example.org\n", request => request with { Cadence = "hourly" }));
        var report = await import.ImportAsync("email,newsletter,cadence\nada@example.org,,daily\nbob@example.org,Weekly,\neve@example.org,weekly,daily\nzoe@example.org,,\n", request => request with { Cadence = null });

        Assert.Equal("Say with --cadence which one the people of the file get. There are: daily, weekly.", nobody.Message);
        Assert.Equal("There is no cadence hourly. There are: daily, weekly.", unknown.Message);
        Assert.Equal(["ada@example.org daily Confirmed", "bob@example.org weekly Confirmed"], await import.StandAsync());
        Assert.Equal([4L, 5L], report.Refused.Select(row => row.Line));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Tags_of_another_program_choose_the_categories_that_they_name(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        await import.Room.PublishAsync("One", 1, "Prix", "Livraison");

        await import.ImportAsync("email,tags\nada@example.org,\"\"\"Clients\"\",\"\"LIVRAISON\"\"\"\nbob@example.org,Clients\n");

        Assert.Equal(["livraison", ""], (await import.Room.Subscribers.ListAsync(default)).Select(one => string.Join(' ', one.Categories)), StringComparer.Ordinal);
    }
}
