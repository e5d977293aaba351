using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Articles.Markup;
using Feeds.Articles.Store;

namespace Feeds.Articles.Files;

/// <summary>Checks what front matter says; the first thing that can't be used refuses the file. Unknown keys are ignored.</summary>
internal sealed partial class FrontMatterReader
{
    private const int MaximumCategories = 50;
    private const int MaximumFormerSlugs = 20;
    private readonly IReadOnlyDictionary<string, YamlField> fields;
    private readonly TimeZoneInfo zone;
    private Refusal? refusal;

    private FrontMatterReader(IReadOnlyDictionary<string, YamlField> fields, TimeZoneInfo zone)
    {
        this.fields = fields;
        this.zone = zone;
    }

    /// <summary>The front matter, or null and why.</summary>
    /// <param name="yaml">With the line <c>---</c> that begins it.</param>
    /// <param name="zone">The zone of dates that name none.</param>
    /// <param name="refusal">Why it can't be used.</param>
    public static FrontMatter? Read(string yaml, TimeZoneInfo zone, out Refusal? refusal)
    {
        if (YamlFields.Read(yaml, out refusal) is not { } fields)
        {
            return null;
        }

        var reader = new FrontMatterReader(fields, zone);
        var matter = new FrontMatter
        {
            Title = reader.Required("title", 300) ?? "",
            Date = reader.Date("date", required: true) ?? default,
            Updated = reader.Date("updated", required: false),
            Slug = reader.Slug(),
            Formerly = reader.Formerly(),
            Author = reader.Text("author", 200)?.Value,
            Language = reader.Language(),
            Categories = reader.Categories(),
            Summary = reader.Text("summary", 10_000)?.Value,
            Image = reader.Text("image", 2000),
            ImageAlternative = reader.Text("image_alt", 1000)?.Value,
            Enclosure = EnclosureReader.Read(reader),
            Status = reader.Status(),
            Reason = reader.Text("reason", 300)?.Value,
            IsMinor = reader.Flag("minor"),
            Url = reader.Url(),
        };
        refusal = reader.refusal;
        return refusal is null ? matter : null;
    }

    /// <summary>Whether it can be the last segment of an address and nothing else.</summary>
    public static bool IsSlug(string slug) => slug.Length <= 200 && SlugShape().IsMatch(slug);

    /// <summary>The one line of text under a key, or null where there is none. Text that is longer refuses the file.</summary>
    public Placed? Text(string key, int longest)
    {
        if (!fields.TryGetValue(key, out var field))
        {
            return null;
        }

        if (!field.IsPlain || field.IsList)
        {
            Refuse(field.Line, $"{key} takes one value. Write “{key}: …” on one line.");
            return null;
        }

        if (field.Values is not [var written] || PlainText.OneLine(written.Value) is not { Length: > 0 } line)
        {
            return null;
        }

        if (line.Length > longest)
        {
            Refuse(written.Line, string.Create(CultureInfo.InvariantCulture, $"{key} has {line.Length} characters. Shorten it to {longest}."));
        }

        return new Placed(line, written.Line);
    }

    /// <summary>Refuses the file, unless something before did.</summary>
    public void Refuse(int line, string reason) => refusal ??= new Refusal(line, reason);

    private string? Required(string key, int longest)
    {
        var text = Text(key, longest);
        if (text is null)
        {
            Refuse(fields.TryGetValue(key, out var field) ? field.Line : 1, $"{key} is missing. Write “{key}: …” in the front matter.");
        }

        return text?.Value;
    }

    private DateTimeOffset? Date(string key, bool required)
    {
        if (Text(key, 100) is not { } written)
        {
            if (required)
            {
                Refuse(fields.TryGetValue(key, out var field) ? field.Line : 1, $"{key} is missing. Write it like “{key}: 2026-03-29T08:00:00+02:00”.");
            }

            return null;
        }

        var date = ArticleDate.Read(written.Value, zone, out var reason);
        if (date is null)
        {
            Refuse(written.Line, $"{key}: {reason}");
        }

        return date;
    }

    private Placed? Slug()
    {
        var slug = Text("slug", 1000);
        if (slug is not null)
        {
            CheckSlug(slug);
        }

        return slug;
    }

    private List<Placed> Formerly()
    {
        var slugs = new List<Placed>();
        if (!fields.TryGetValue("formerly", out var field))
        {
            return slugs;
        }

        if (!field.IsPlain || field.Values.Count > MaximumFormerSlugs)
        {
            Refuse(field.Line, $"formerly takes a slug or a list of at most {MaximumFormerSlugs} slugs. Write “- slug” on a line each.");
        }

        foreach (var written in field.Values)
        {
            CheckSlug(written);
            if (!slugs.Exists(known => string.Equals(known.Value, written.Value, StringComparison.Ordinal)))
            {
                slugs.Add(written);
            }
        }

        return slugs;
    }

    private void CheckSlug(Placed slug)
    {
        if (!IsSlug(slug.Value))
        {
            Refuse(slug.Line, $"The slug “{PlainText.Shorten(PlainText.OneLine(slug.Value), 60)}” can't be part of an address. Use 1 to 200 lower-case letters a–z, digits and hyphens, such as {Suggest(slug.Value)}.");
        }
    }

    private static string Suggest(string slug) => AsciiSlug.From(slug) is { Length: > 0 } found ? found : "my-article";

    private string? Language()
    {
        var language = Text("lang", 100);
        if (language is not null && (language.Value.Length > 35 || !LanguageShape().IsMatch(language.Value)))
        {
            Refuse(language.Line, $"lang: “{PlainText.Shorten(language.Value, 60)}” is no language tag. Write fr, en or fr-CA.");
        }

        return language?.Value;
    }

    private List<string> Categories()
    {
        var names = new List<string>();
        if (!fields.TryGetValue("categories", out var field))
        {
            return names;
        }

        if (!field.IsPlain || field.Values.Count > MaximumCategories)
        {
            Refuse(field.Line, $"categories takes a name or a list of at most {MaximumCategories} names. Write “- name” on a line each.");
        }

        foreach (var written in field.Values)
        {
            var name = CategoryName.Normalize(written.Value);
            if (name.Length is 0 or > CategoryName.MostCharacters)
            {
                Refuse(written.Line, string.Create(CultureInfo.InvariantCulture, $"A category’s name has {name.Length} characters. Use 1 to {CategoryName.MostCharacters}."));
            }
            else if (!names.Contains(name, StringComparer.Ordinal))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private ArticleStatus Status()
    {
        var status = Text("status", 100);
        switch (status?.Value)
        {
            case null or "published":
                return ArticleStatus.Published;
            case "draft":
                return ArticleStatus.Draft;
            case "removed":
                return ArticleStatus.Removed;
            default:
                Refuse(status.Line, $"status: “{status.Value}” is not known. Write published, draft or removed.");
                return ArticleStatus.Draft;
        }
    }

    private bool Flag(string key)
    {
        var written = Text(key, 100);
        if (written is not null && !bool.TryParse(written.Value, out _))
        {
            Refuse(written.Line, $"{key}: “{PlainText.Shorten(written.Value, 60)}” is neither true nor false. Write “{key}: true”, or leave it out.");
        }

        return written is not null && bool.TryParse(written.Value, out var isSet) && isSet;
    }

    private Uri? Url()
    {
        if (Text("url", 2000) is not { } written)
        {
            return null;
        }

        if (!Uri.TryCreate(written.Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            Refuse(written.Line, $"url: “{PlainText.Shorten(written.Value, 60)}” is no address of a page. Write it whole, beginning with https://, or leave it out.");
            return null;
        }

        return url;
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]*$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SlugShape();

    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LanguageShape();
}
