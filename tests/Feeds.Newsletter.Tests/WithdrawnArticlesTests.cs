using Feeds.Storage;

namespace Feeds.Newsletter.Tests;

public sealed class WithdrawnArticlesTests
{
    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_withdrawn_before_the_edition_is_made_is_not_in_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        await room.PublishAsync("Deux");
        await room.SetStatusAsync(1, "removed");

        var result = await room.MakeAsync("weekly", 0);

        Assert.Equal(1, result.Edition.Articles);
        Assert.Equal(["Deux"], Assert.Single(await room.MailsAsync()).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_edition_whose_only_article_was_withdrawn_is_skipped(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        await room.SetStatusAsync(1, "removed");

        Assert.Equal(EditionState.Skipped, (await room.MakeAsync("weekly", 0)).Edition.State);

        // Back before the next slot, it goes out with that one.
        await room.SetStatusAsync(1, "published");
        var next = await room.MakeAsync("weekly", 1);
        Assert.Equal(["Un"], Assert.Single(await room.MailsAsync(next.MailingKey)).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task An_article_that_is_withdrawn_and_put_back_after_its_edition_is_not_mailed_again(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.AddAsync("ines@atelier.example.net");
        await room.PublishAsync("Un");
        var first = await room.MakeAsync("weekly", 0);

        await room.SetStatusAsync(1, "removed");
        var meanwhile = await room.MakeAsync("weekly", 1);
        await room.SetStatusAsync(1, "published");
        await room.PublishAsync("Deux");
        var last = await room.MakeAsync("weekly", 2);

        // Nothing was being sent while it was away, so nobody noticed, and its mail is still owed.
        Assert.Equal((EditionState.Sending, 1), ((await room.MakeAsync("weekly", 0)).Edition.State, first.Edition.Counts.Pending));
        Assert.Equal(["Un"], Assert.Single(await room.MailsAsync(first.MailingKey)).Titles);
        Assert.Equal(EditionState.Skipped, meanwhile.Edition.State);
        Assert.Equal(["Deux"], Assert.Single(await room.MailsAsync(last.MailingKey)).Titles);
    }
}
