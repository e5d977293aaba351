using Microsoft.Extensions.Options;

namespace Feeds.Newsletter;

/// <summary>Checks <c>Newsletter:Newsletters</c>, and names, titles and numbers of <c>Newsletter:Cadences</c>; Scheduling checks cron and zone.</summary>
internal sealed class NewsletterOptionsCheck : IValidateOptions<NewsletterOptions>
{
    private const int LongestName = 40;
    private const int LongestTitle = 100;
    private const int MostCategories = 200;

    public ValidateOptionsResult Validate(string? name, NewsletterOptions options)
    {
        var mistakes = options.Newsletters.Index().SelectMany(entry => Mistakes(entry.Index, entry.Item, options))
            .Concat(options.Cadences.Index().SelectMany(entry => Mistakes(entry.Index, entry.Item, options))).Concat(options.Retention.Mistakes()).ToList();
        return mistakes.Count > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    /// <summary>Whether a cadence can be called so.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    private static IEnumerable<string> Mistakes(int index, NewsletterEntryOptions newsletter, NewsletterOptions options)
    {
        var key = $"Newsletter:Newsletters:{index}";
        if (!IsName(newsletter.Name))
        {
            yield return $"{key}:Name is \"{newsletter.Name}\"; write 1 to {LongestName} lower-case letters a-z, digits and hyphens.";
        }
        else if (options.Newsletters.Take(index).Any(other => string.Equals(other.Name, newsletter.Name, StringComparison.Ordinal)))
        {
            yield return $"{key}:Name is \"{newsletter.Name}\", as an earlier one; give each newsletter a name of its own.";
        }
        else if (!options.Cadences.Any(cadence => string.Equals(cadence.Newsletter, newsletter.Name, StringComparison.Ordinal)))
        {
            yield return $"{key}:Name is \"{newsletter.Name}\", and no cadence has it as its Newsletter; name it in one of Newsletter:Cadences, or nothing of it is ever sent.";
        }

        if (newsletter.Title is { } title && (title.Length > LongestTitle || title.Any(char.IsControl)))
        {
            yield return $"{key}:Title is too long or has line breaks; write at most {LongestTitle} characters on one line.";
        }

        if (!Enum.IsDefined(newsletter.Welcome))
        {
            yield return $"{key}:Welcome is {newsletter.Welcome}; write None or Recent.";
        }
    }

    private static IEnumerable<string> Mistakes(int index, CadenceOptions cadence, NewsletterOptions options)
    {
        var key = $"Newsletter:Cadences:{index}";
        if (!IsName(cadence.Name))
        {
            yield return $"{key}:Name is \"{cadence.Name}\"; write 1 to {LongestName} lower-case letters a-z, digits and hyphens.";
        }
        else if (options.Cadences.Take(index).Any(other => string.Equals(other.Name, cadence.Name, StringComparison.Ordinal)))
        {
            yield return $"{key}:Name is \"{cadence.Name}\", as an earlier one; give each cadence a name of its own.";
        }

        if (cadence.Title is { } title && (title.Length > LongestTitle || title.Any(char.IsControl)))
        {
            yield return $"{key}:Title is too long or has line breaks; write at most {LongestTitle} characters on one line.";
        }

        if (cadence.Newsletter is { Length: > 0 } newsletter ? !options.Newsletters.Any(entry => string.Equals(entry.Name, newsletter, StringComparison.Ordinal)) : options.Newsletters.Any(entry => string.Equals(entry.Name, cadence.Name, StringComparison.Ordinal)))
        {
            yield return cadence.Newsletter is { Length: > 0 }
                ? $"{key}:Newsletter is \"{cadence.Newsletter}\", which Newsletter:Newsletters doesn't have; add it there, or leave it out and the cadence is a newsletter of its own."
                : $"{key}:Name is \"{cadence.Name}\", as a newsletter is called; write that name as the cadence's Newsletter too, or give the cadence another.";
        }

        if (cadence.MinimumArticles is < 1 or > 100)
        {
            yield return $"{key}:MinimumArticles is {cadence.MinimumArticles}; write a number from 1 to 100.";
        }

        if (cadence.MaximumArticles is < 1 or > 100)
        {
            yield return $"{key}:MaximumArticles is {cadence.MaximumArticles}; write a number from 1 to 100.";
        }

        if (!Enum.IsDefined(cadence.Overflow))
        {
            yield return $"{key}:Overflow is {cadence.Overflow}; write Count or Carry.";
        }

        if (!Enum.IsDefined(cadence.Uncertain))
        {
            yield return $"{key}:Uncertain is {cadence.Uncertain}; write Resend, Hold or Ask.";
        }

        if (cadence.Categories.Count > MostCategories || cadence.Categories.Any(string.IsNullOrWhiteSpace))
        {
            yield return $"{key}:Categories has an empty entry or more than {MostCategories}; write names or slugs of categories, or leave it out for all.";
        }
    }
}
