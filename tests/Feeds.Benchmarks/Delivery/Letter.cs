using System.Text;
using Feeds.Mail;

namespace Feeds.Benchmarks.Delivery;

/// <summary>What everybody sends: two bodies that make a message of about 40 KB, with one personal link in each.</summary>
internal static class Letter
{
    private const string Sentence = "Les articles de la semaine, choisis pour leur clarté, avec ce qu'il faut savoir avant de les lire. ";
    public const string Subject = "Le récap' de la semaine";

    /// <summary>For programs that have no placeholders, with a constant link.</summary>
    public static string Html { get; } = Body(270, "<p>", "</p>\n", "https://journal.example/unsubscribe/constant");

    /// <inheritdoc cref="Html"/>
    public static string Text { get; } = Body(80, "", "\n\n", "https://journal.example/unsubscribe/constant");

    public static MailContent Content { get; } = new(
        Subject, Body(270, "<p>", "</p>\n", MailContent.Placeholder("unsubscribe")), Body(80, "", "\n\n", MailContent.Placeholder("unsubscribe")));

    public static MailRecipient Recipient(string mailing, int number) => new(
        FormattableString.Invariant($"{number}"),
        FormattableString.Invariant($"reader{number}@journal.example"),
        FormattableString.Invariant($"{mailing}.{number}@journal.example"),
        FormattableString.Invariant($"https://journal.example/unsubscribe/{number}"),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["unsubscribe"] = FormattableString.Invariant($"https://journal.example/unsubscribe/{number}") });

    public static Mailing Mailing(string key, IReadOnlyList<MailRecipient> recipients) =>
        new(key, new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero), "fr", new ListId("Le récap'", "weekly.journal.example"), [new MailingPart(Content, recipients)]) { FromName = "L'Atelier" };

    private static string Body(int paragraphs, string before, string after, string link)
    {
        var body = new StringBuilder();
        for (var paragraph = 0; paragraph < paragraphs; paragraph++)
        {
            body.Append(before).Append(Sentence).Append(after);
        }

        return body.Append(before).Append("Se désabonner : ").Append(link).Append(after).ToString();
    }
}
