using System.Globalization;
using System.Text;

namespace Feeds.Newsletter.Importing;

/// <summary>What a column of a file can say of a person.</summary>
internal enum ImportField
{
    /// <summary>The address.</summary>
    Email,

    /// <summary>A word for where the subscription stands.</summary>
    State,

    /// <summary>Yes: gets the newsletter. No: has left it.</summary>
    Subscribed,

    /// <summary>Yes, or when: has left it.</summary>
    Unsubscribed,

    /// <summary>When: mails to the address came back.</summary>
    Bounced,

    /// <summary>Since when they get it.</summary>
    ConfirmedAt,

    /// <summary>Slugs or names of categories; each must be one.</summary>
    Categories,

    /// <summary>Words of another program; those that name a category choose it.</summary>
    Tags,

    /// <summary>Names of authors whose articles are left out.</summary>
    WithoutAuthors,

    /// <summary>BCP 47.</summary>
    Language,

    /// <summary>Excerpts or full texts.</summary>
    Content,

    /// <summary>HTML or plain text.</summary>
    Format,

    /// <summary>The zone of an hour of their own.</summary>
    Zone,

    /// <summary>An hour of their own.</summary>
    Hour,

    /// <summary>No editions until then.</summary>
    PausedUntil,

    /// <summary>Which newsletter.</summary>
    Newsletter,

    /// <summary>Which of its cadences.</summary>
    Cadence,
}

/// <summary>The names by which columns are known, in English and French and as other programs' exports have them.</summary>
internal static class ImportFields
{
    /// <summary>
    /// As <c>--column</c> and our own export name a field, and then what else it is called, the best source first.
    /// Mailchimp's audience (subscribed, unsubscribed and cleaned contacts come as three files), listmonk's subscribers,
    /// Ghost's members, Substack's list, Brevo's contacts.
    /// </summary>
    private static readonly Dictionary<ImportField, string[]> Known = new Dictionary<ImportField, string[]>
    {
        [ImportField.Email] = ["email", "email address", "address", "mail", "adresse e-mail", "adresse mail", "adresse électronique", "courriel", "adresse", "subscriber email"],
        [ImportField.State] = ["state", "status", "subscription status", "email marketing status", "état", "statut"],
        [ImportField.Subscribed] = ["subscribed", "subscribed_to_emails", "abonné", "inscrit"],
        [ImportField.Unsubscribed] = ["left_at", "unsubscribed_at", "UNSUB_TIME", "email_disabled", "EMAIL_BLACKLISTED", "unsubscribed", "deleted_at", "désabonné", "désabonné le", "désinscrit", "date de désinscription"],
        [ImportField.Bounced] = ["bounced_at", "CLEAN_TIME", "bounced"],
        [ImportField.ConfirmedAt] = ["confirmed_at", "CONFIRM_TIME", "OPTIN_TIME", "created_at", "ADDED_TIME", "subscribed_at", "signup date", "confirmé le", "inscrit le", "date d’inscription"],
        [ImportField.Categories] = ["categories", "category", "catégories", "catégorie", "rubriques", "rubrique"],
        [ImportField.Tags] = ["tags", "labels", "étiquettes"],
        [ImportField.WithoutAuthors] = ["without_authors", "sans les auteurs"],
        [ImportField.Language] = ["language", "langue"],
        [ImportField.Content] = ["content", "contenu"],
        [ImportField.Format] = ["format"],
        [ImportField.Zone] = ["zone"],
        [ImportField.Hour] = ["hour", "heure"],
        [ImportField.PausedUntil] = ["paused_until", "en pause jusqu’au"],
        [ImportField.Newsletter] = ["newsletter"],
        [ImportField.Cadence] = ["cadence"],
    };

    /// <summary>All fields with the name that an operator uses.</summary>
    public static IEnumerable<(ImportField Field, string Name)> Names => Known.Select(known => (known.Key, known.Value[0]));

    /// <summary>The name that an operator uses.</summary>
    public static string Name(this ImportField field) => Known[field][0];

    /// <summary>Which column says that field: the one with the best of its names, or null.</summary>
    public static int? Find(ImportField field, IReadOnlyList<string> headers)
    {
        var plain = headers.Select(Plain).ToList();
        foreach (var name in Known[field])
        {
            if (plain.IndexOf(Plain(name)) is >= 0 and var column)
            {
                return column;
            }
        }

        return null;
    }

    /// <summary>A name without what spellings differ in: case, accents, blanks, marks.</summary>
    public static string Plain(string name) =>
        string.Concat(name.Normalize(NormalizationForm.FormD).Where(char.IsLetterOrDigit)).ToLower(CultureInfo.InvariantCulture);
}
