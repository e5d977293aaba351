using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication;

/// <summary>What is wrong with section <c>Feeds</c>, a sentence each.</summary>
internal sealed class FeedOptionsCheck : IValidateOptions<FeedOptions>
{
    private const int Shortest = 15;
    private const int Longest = 30;
    private const int LongestSlug = 200;
    private const int MostCategories = 1000;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, FeedOptions options)
    {
        var failures = Refuse(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(FeedOptions options)
    {
        foreach (var failure in Refuse("Feeds", options.Length, options.Content))
        {
            yield return failure;
        }

        if (options.Podcast.Category.Length > 0 && !Podcast.Categories.Contains(options.Podcast.Category, StringComparer.Ordinal))
        {
            yield return $"Feeds:Podcast:Category is “{options.Podcast.Category}”; write one of {string.Join(", ", Podcast.Categories)}, or leave it out.";
        }

        if (options.Podcast.Email.Length > 0 && !IsAddress(options.Podcast.Email))
        {
            yield return "Feeds:Podcast:Email is no e-mail address; write one such as podcast@blog.example, or leave it out.";
        }

        if (options.Categories.Count > MostCategories)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Feeds:Categories has {options.Categories.Count} entries; write at most {MostCategories}.");
            yield break;
        }

        var slugs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, category) in options.Categories.Index())
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"Feeds:Categories:{index}");
            if (!IsSlug(category.Slug))
            {
                yield return $"{key}:Slug is “{category.Slug}”; write the category as it stands in the address of its feed, such as shipping-and-returns.";
            }
            else if (!slugs.Add(category.Slug))
            {
                yield return $"{key}:Slug is “{category.Slug}”, as an earlier one; put what you want of a category into one entry.";
            }

            foreach (var failure in Refuse(key, category.Length, category.Content))
            {
                yield return failure;
            }
        }
    }

    private static IEnumerable<string> Refuse(string key, int? length, FeedContent? content)
    {
        if (length is < Shortest or > Longest)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{key}:Length is {length}; write a number of entries from {Shortest} to {Longest}.");
        }

        if (content is { } written && !Enum.IsDefined(written))
        {
            yield return $"{key}:Content is neither full nor summary; write one of the two.";
        }
    }

    // Mail knows addresses in full; this one is only shown, and must not break the feed.
    private static bool IsAddress(string text) =>
        text.Length <= 254 && text.Split('@') is [{ Length: > 0 }, { Length: > 0 } host] && host.Contains('.', StringComparison.Ordinal)
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '@' or '.' or '-' or '_' or '+');

    private static bool IsSlug(string slug) =>
        slug.Length is > 0 and <= LongestSlug && slug.All(letter => letter is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
