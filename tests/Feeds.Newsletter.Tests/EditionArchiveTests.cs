using Feeds.Mail;
using Feeds.Storage;
using LinqToDB.Data;

namespace Feeds.Newsletter.Tests;

public sealed class EditionArchiveTests
{
    [DatabaseTheory, EachDatabase]
    public async Task Sent_editions_are_listed_newest_first_a_page_at_a_time_under_addresses_that_stay(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        for (var hour = 0; hour < 3; hour++)
        {
            await room.PublishAsync($"Article {hour}");
            await room.MakeAsync("weekly", hour);
        }

        var first = await ListAsync(room, count: 2);
        var rest = await ListAsync(room, first.Editions[^1].Slug, count: 2);

        Assert.Equal(["weekly-2026-11-23-1000", "weekly-2026-11-23-0900"], first.Editions.Select(edition => edition.Slug), StringComparer.Ordinal);
        Assert.Equal((true, false), (first.HasOlder, rest.HasOlder));
        var oldest = Assert.Single(rest.Editions);
        Assert.Equal(("weekly-2026-11-23-0800", "Le récap’ du lundi", new DateOnly(2026, 11, 23), 1), (oldest.Slug, oldest.Title, oldest.Day, oldest.Count));
        Assert.Equal(["Article 0"], oldest.Titles.Select(title => title.Title), StringComparer.Ordinal);
        Assert.Null(await room.Get<EditionArchive>().ListAsync(await NewsletterAsync(room), "weekly-2020-01-01-0800", 2, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_tells_of_what_somebody_got_who_wants_everything_as_it_is_now_and_without_what_was_withdrawn(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:0:MaximumArticles", "2"));
        await room.PublishAsync("Un", 1, "Prix");
        await room.PublishAsync("Deux", 2);
        await room.PublishAsync("Trois", 3);
        await room.PublishAsync("Quatre", 4);
        // Whoever gets it wants less than everything.
        await room.AddAsync("ines@atelier.example.net", "weekly", "prix");
        await room.MakeAsync("weekly", 0);
        var before = await FindAsync(room, "weekly-2026-11-23-0800");

        await room.SetStatusAsync(4, "removed");
        await room.SetTitleAsync(3, "Trois (corrigé)");
        var after = await FindAsync(room, "weekly-2026-11-23-0800");

        Assert.Equal("Quatre, Trois and 2 more", Told(before!));
        Assert.Equal("Trois (corrigé), Deux and 1 more", Told(after!));
        Assert.Equal(("fr", false), (after!.Language, after.FullText));
        foreach (var article in (int[])[1, 2, 3])
        {
            await room.SetStatusAsync(article, "removed");
        }

        Assert.Null(await FindAsync(room, "weekly-2026-11-23-0800"));
        Assert.Empty((await ListAsync(room)).Editions);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Carried_articles_and_people_in_many_zones_leave_each_article_in_one_edition_of_the_archive(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:0:MaximumArticles", "2"), ("Newsletter:Cadences:0:Overflow", "Carry"));
        await room.AddAsync("ines@atelier.example.net");
        await room.AddAsync("omar@atelier.example.net");
        await room.Get<Database>().WriteAsync(
            connection => connection.ExecuteAsync("UPDATE subscription SET send_zone = 'Europe/Lisbon', send_hour = 8 WHERE subscriber_id = (SELECT MAX(id) FROM subscriber)"), default);
        foreach (var day in (int[])[1, 2, 3])
        {
            await room.PublishAsync($"Article {day}", day);
        }

        SendTime lisbon = new("Europe/Lisbon", 8);
        foreach (var (hour, time) in ((int, SendTime)[])[(0, SendTime.OfCadence), (1, lisbon), (24, SendTime.OfCadence), (25, lisbon)])
        {
            Assert.NotNull((await room.Editions.MakeAsync("weekly", Newsroom.Slot(hour), [time], default))!.MailingKey);
        }

        var listed = await ListAsync(room);
        Assert.Equal(
            ["weekly-2026-11-23-0900: Article 3", "weekly-2026-11-23-0800: Article 2, Article 1"],
            listed.Editions.Select(edition => $"{edition.Slug}: {string.Join(", ", edition.Titles.Select(title => title.Title))}"),
            StringComparer.Ordinal);
        Assert.Equal(4, (await room.MailsAsync()).Count);
    }

    [DatabaseTheory, EachDatabase]
    public async Task What_reached_nobody_is_in_no_archive_nor_told_of_by_the_next_edition(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Pour personne");
        await room.MakeAsync("weekly", 0);
        await room.AddAsync("ines@atelier.example.net");
        await room.MakeAsync("weekly", 1);
        await room.PublishAsync("Annulé");
        var cancelled = await room.MakeAsync("weekly", 2);
        Assert.Equal("weekly-2026-11-23-1000", Assert.Single((await ListAsync(room)).Editions).Slug);
        Assert.Null((await room.Get<MailingControl>().CancelAsync(cancelled.MailingKey!, default)).Refused);
        await room.PublishAsync("Envoyé");
        await room.MakeAsync("weekly", 3);

        var only = Assert.Single((await ListAsync(room)).Editions);

        Assert.Equal(("weekly-2026-11-23-1100", "Envoyé"), (only.Slug, Assert.Single(only.Titles).Title));
        Assert.Null(await FindAsync(room, "weekly-2026-11-23-0800"));
        Assert.Null(await FindAsync(room, "weekly-2026-11-23-1000"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_try_in_a_test_mode_is_in_no_archive(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(
            provider, ("Mail:Mode", "redirect"), ("Mail:RedirectTo", "moi@atelier.example.net"), ("Mail:Smtp:Host", "localhost"), ("Mail:Smtp:Security", "None"));
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");

        Assert.NotNull((await room.MakeAsync("weekly", 0)).MailingKey);

        Assert.Empty((await ListAsync(room)).Editions);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_second_edition_of_the_same_hour_has_an_address_of_its_own(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        await room.MakeAsync("weekly", 0);
        await room.PublishAsync("Deux");
        await room.Editions.MakeAsync("weekly", Newsroom.Slot(0).AddSeconds(7), default);

        Assert.Equal(["weekly-20261123t070007000z", "weekly-2026-11-23-0800"], (await ListAsync(room)).Editions.Select(edition => edition.Slug), StringComparer.Ordinal);
        Assert.Equal("Deux and 0 more", Told((await FindAsync(room, "weekly-20261123t070007000z"))!));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_private_newsletter_has_no_archive(DatabaseProvider provider)
    {
        await using var room = await PrivateAsync(provider);

        Assert.Null(await room.Get<EditionArchive>().FindNewsletterAsync("weekly", default));
        Assert.Equal(["daily"], (await room.Get<EditionArchive>().NewslettersAsync(default)).Select(newsletter => newsletter.Name), StringComparer.Ordinal);
    }

    private static async Task<Newsroom> PrivateAsync(DatabaseProvider provider)
    {
        var room = await Newsroom.OpenAsync(provider, ("Newsletter:Newsletters:0:Name", "weekly"), ("Newsletter:Newsletters:0:Private", "true"), ("Newsletter:Cadences:0:Newsletter", "weekly"));
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        await room.MakeAsync("weekly", 0);
        return room;
    }

    private static string Told(EditionText text) => $"{string.Join(", ", text.Articles.Select(article => article.Title))} and {text.More} more";

    private static async Task<NewsletterOffer> NewsletterAsync(Newsroom room) => (await room.Get<EditionArchive>().FindNewsletterAsync("weekly", default))!;

    private static async Task<EditionList> ListAsync(Newsroom room, string? before = null, int count = 20) =>
        (await room.Get<EditionArchive>().ListAsync(await NewsletterAsync(room), before, count, default))!;

    private static async Task<EditionText?> FindAsync(Newsroom room, string slug) =>
        await room.Get<EditionArchive>().FindAsync(await NewsletterAsync(room), slug, default);
}
