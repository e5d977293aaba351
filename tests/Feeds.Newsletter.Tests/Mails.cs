using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Tests;

/// <summary>The shipped templates and a publication, without a database.</summary>
internal static class Mails
{
    public static string TemplatesFolder { get; } = Path.Combine(AppContext.BaseDirectory, "templates");

    public static MailTemplates Templates { get; } = new(TemplatesFolder);

    public static DateTimeOffset Slot { get; } = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    public static Cadence Weekly { get; } = new()
    {
        Name = "weekly",
        Newsletter = "weekly",
        Title = "Le récap’ du lundi",
        Cron = "0 0 8 ? * MON",
        Zone = "Europe/Paris",
        Categories = [],
        MinimumArticles = 1,
        MaximumArticles = 10,
        Overflow = Overflow.Count,
        Paused = false,
        Revision = 1,
    };

    public static PublicationOptions Publication(string language) => new()
    {
        BaseUrl = "https://atelier.example.net/lettres",
        Title = "L’Atelier du commerce",
        Description = "Vendre en ligne, une idée à la fois.",
        Language = language,
        TimeZone = "Europe/Paris",
        Author = "L’équipe de l’Atelier",
    };

    public static MailWriter Writer(string language, MailTemplates? templates = null)
    {
        var publication = Options.Create(Publication(language));
        return new MailWriter(publication, new SenderIdentity(publication, Options.Create(new MailOptions { From = "L’Atelier <lettre@atelier.example.net>" })), templates ?? Templates);
    }

    /// <summary>An edition of <see cref="Weekly"/> that shows these articles and tells of others.</summary>
    public static Task<MailContent> DigestAsync(MailWriter writer, IReadOnlyList<Article> articles, int more)
    {
        var masthead = new Masthead(Weekly.Name, Weekly.Title, Slot);
        return writer.DigestAsync(masthead, writer.Form(Choice.Everything, SendTime.OfCadence, Weekly, Slot), [.. articles.Select(article => writer.Freeze(masthead, article, withText: false))], more, LinkTokens.View(new byte[32], Weekly.Name, Slot, 0));
    }

    /// <summary>The bytes of a mailing's first mail, as it would go out.</summary>
    public static async Task<byte[]> BytesAsync(Mailing mailing)
    {
        using var target = new MemoryStream();
        var composer = new MessageComposer(Options.Create(new MailOptions { From = "lettre@atelier.example.net" }), TimeProvider.System);
        await composer.WriteAsync(mailing, mailing.Parts[0].Content, mailing.Parts[0].Recipients[0], target, default);
        return target.ToArray();
    }
}
