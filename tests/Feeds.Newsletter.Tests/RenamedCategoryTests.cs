using Feeds.Articles;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests;

/// <summary>What people chose and what a newsletter is about, when a category gets another name.</summary>
public sealed class RenamedCategoryTests
{
    private const string Ines = "ines@atelier.example.net";

    [DatabaseTheory, EachDatabase]
    public async Task Who_chose_a_category_goes_on_getting_it_under_its_new_name(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Avant", 1, "Prix");
        await room.PublishAsync("Autre", 2, "Référencement (SEO)");
        await room.AddAsync(Ines, "weekly", "prix");
        await RenameAsync(room, "Prix", "Tarifs");
        await room.PublishAsync("Ancien nom", 3, "Prix");
        await room.PublishAsync("Nouveau nom", 4, "Tarifs");

        var edition = await room.MakeAsync("weekly", 0);

        Assert.Equal(["Nouveau nom", "Ancien nom", "Avant"], Assert.Single(await room.MailsAsync(edition.MailingKey)).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_link_that_was_mailed_before_confirms_the_choice_after(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        Assert.Null(await room.AskAsync(Ines, "weekly", ["prix"]));
        await RenameAsync(room, "Prix", "Tarifs");

        await room.Subscribers.ConfirmAsync(Newsroom.TokenIn(Assert.Single(await room.MailsAsync()).Link("confirm")), default);
        await room.PublishAsync("Autre", 2, "Référencement (SEO)");

        var edition = await room.MakeAsync("weekly", 0);
        Assert.Equal(["Prix"], Assert.Single(await room.MailsAsync(edition.MailingKey)).Titles);
    }

    [DatabaseTheory, EachDatabase]
    public async Task The_form_takes_the_old_slug_and_the_new_one_for_the_same_choice(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        await room.PublishAsync("Prix", 1, "Prix");
        await RenameAsync(room, "Prix", "Coûts");
        await RenameAsync(room, "Coûts", "Tarifs");

        foreach (var (person, slug) in new[] { ("a", "prix"), ("b", "couts"), ("c", "tarifs") })
        {
            await room.AddAsync($"{person}@atelier.example.net", "weekly", slug);
        }

        Assert.Equal(["prix", "prix", "prix"], (await room.Subscribers.ListAsync(default)).Select(one => Assert.Single(one.Categories)), StringComparer.Ordinal);
        Assert.NotNull(await room.Subscribers.AddConfirmedAsync(Ines, "weekly", ["never"], default));
        Assert.Null(await room.AskAsync("a@atelier.example.net", "weekly", ["tarifs"]));
        // Nothing to confirm: it is what this person has.
        Assert.DoesNotContain("/confirm/", Assert.Single(await room.MailsAsync()).Text, StringComparison.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_cadence_that_names_a_category_as_it_was_called_goes_on_telling_of_it(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Cadences:0:Categories:0", "Référencement (SEO)"), ("Newsletter:Cadences:1:Categories:0", "referencement-seo"));
        await room.PublishAsync("SEO", 1, "Référencement (SEO)");
        await room.PublishAsync("Prix", 2, "Prix");
        await room.AddAsync(Ines, "weekly");
        await room.AddAsync(Ines, "daily", "referencement-seo");
        await RenameAsync(room, "Référencement (SEO)", "Être trouvé");

        foreach (var cadence in (string[])["weekly", "daily"])
        {
            var edition = await room.MakeAsync(cadence, 0);
            Assert.Equal(["SEO"], Assert.Single(await room.MailsAsync(edition.MailingKey)).Titles);
        }
    }

    private static async Task RenameAsync(Newsroom room, string name, string newName) =>
        Assert.Null((await room.Get<CategoryRenaming>().RenameAsync(name, newName, default)).Refusal);
}
