namespace Feeds.Mail.Tests;

/// <summary>Mailings to send.</summary>
internal static class Mailings
{
    public static readonly DateTimeOffset Date = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    public static MailContent Content { get; } = new(
        "L’été, « déjà »",
        $"<p>Bonjour 🌞</p><p><a href=\"{MailContent.Placeholder("unsubscribe")}\">Se désabonner</a></p>",
        $"Bonjour 🌞\n\nSe désabonner :\n{MailContent.Placeholder("unsubscribe")}\n");

    /// <summary>An edition of a newsletter to so many.</summary>
    public static Mailing Edition(string key, int recipients) => Edition(key, [.. Enumerable.Range(1, recipients).Select(number => Recipient(key, number))]);

    public static Mailing Edition(string key, IReadOnlyList<MailRecipient> recipients) =>
        new(key, Date, "fr", new ListId("Le récap’", "weekly.example.org"), [new MailingPart(Content, recipients)]) { FromName = "L’Atelier" };

    public static MailRecipient Recipient(string mailing, int number) => Recipient(mailing, number, $"reader{number}@example.org");

    public static MailRecipient Recipient(string mailing, int number, string address) => new(
        $"{number}",
        address,
        $"{mailing}.{number}@example.org",
        $"https://example.org/unsubscribe/{number}",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["unsubscribe"] = $"https://example.org/leave?person={number}&from=mail" });
}
