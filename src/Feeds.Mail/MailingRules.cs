using System.Text.RegularExpressions;
using MimeKit.Utils;

namespace Feeds.Mail;

/// <summary>What a mailing must keep to before it is stored: nothing in it can break a header later.</summary>
internal static partial class MailingRules
{
    private const int MaximumMessageId = 250;

    /// <returns>What is to be checked of each part's recipients.</returns>
    /// <exception cref="ArgumentException">It doesn't; the message holds no address.</exception>
    public static Part[] Check(Mailing mailing) =>
        Refuse(mailing) is { } reason ? throw new ArgumentException(reason, nameof(mailing)) : [.. mailing.Parts.Select(part => new Part(part.Content))];

    /// <exception cref="ArgumentException">The new content needs a personal value that the old one's recipients need not have.</exception>
    public static void CheckReplacement(MailContent old, MailContent replacement)
    {
        if (Names(replacement).Except(Names(old), StringComparer.Ordinal).FirstOrDefault() is { } lacking)
        {
            throw new ArgumentException($"The recipients may have no value for the placeholder {lacking}, which only the new content has.", nameof(replacement));
        }
    }

    private static string? Refuse(Mailing mailing)
    {
        if (mailing.Key is not { Length: > 0 and <= 200 })
        {
            return "A mailing's key has 1 to 200 characters.";
        }

        if (!LanguageTag().IsMatch(mailing.Language) || mailing.Parts.Any(part => part.Content.Language is { } language && !LanguageTag().IsMatch(language)))
        {
            return "A mailing's language is a BCP 47 tag such as fr or en-GB.";
        }

        if (mailing.ListId is { } list && !ListIdentifier().IsMatch(list.Identifier))
        {
            return "A list's identifier has the form of a domain name, such as weekly.example.org.";
        }

        return null;
    }

    private static string? Refuse(MailRecipient recipient, IReadOnlyList<string> names)
    {
        if (recipient.Key is not { Length: > 0 and <= 200 })
        {
            return "A recipient's key has 1 to 200 characters.";
        }

        if (!string.Equals(MailAddressSyntax.Normalize(recipient.Address, out _), recipient.Address, StringComparison.Ordinal))
        {
            return $"The address of recipient {recipient.Key} is not as {nameof(MailAddressSyntax)} would store it.";
        }

        if (!IsMessageId(recipient.MessageId))
        {
            return $"The message id of recipient {recipient.Key} is not left@right without angle brackets (RFC 5322 §3.6.4), or is longer than 250 characters.";
        }

        if (recipient.UnsubscribeUrl is { } link && !IsLink(link))
        {
            return $"The unsubscribe address of recipient {recipient.Key} is no absolute http(s) address of printable ASCII.";
        }

        return names.FirstOrDefault(name => !recipient.Personal.ContainsKey(name)) is { } lacking
            ? $"Recipient {recipient.Key} has no value for the placeholder {lacking}."
            : null;
    }

    private static IEnumerable<string> Names(MailContent content) =>
        PersonalText.Names(content.Html).Union(PersonalText.Names(content.Text), StringComparer.Ordinal);

    private static bool IsMessageId(string id) =>
        id.Length <= MaximumMessageId && MessageId().IsMatch(id) && string.Equals(MimeUtils.ParseMessageId($"<{id}>"), id, StringComparison.Ordinal);

    private static bool IsLink(string link) => Link().IsMatch(link) && Uri.TryCreate(link, UriKind.Absolute, out _);

    /// <summary>A content's recipients have a value for each of its placeholders, and nothing that breaks a header.</summary>
    public sealed class Part(MailContent content)
    {
        private readonly List<string> names = [.. Names(content)];

        /// <exception cref="ArgumentException">One of them has; the message holds no address.</exception>
        public void Check(IReadOnlyList<MailRecipient> recipients)
        {
            if (recipients.Select(recipient => Refuse(recipient, names)).FirstOrDefault(reason => reason is not null) is { } found)
            {
                throw new ArgumentException(found, nameof(recipients));
            }
        }
    }

    [GeneratedRegex(@"\A[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LanguageTag();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ListIdentifier();

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MessageId();

    // RFC 2369 §2: printable ASCII without the brackets around it; short enough for one header line.
    [GeneratedRegex(@"\Ahttps?://[!#-;=?-~]{1,900}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
