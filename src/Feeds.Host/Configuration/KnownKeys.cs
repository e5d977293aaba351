using System.Collections;
using System.Reflection;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Feeds.Host.Configuration;

/// <summary>Finds keys that nothing reads: most are misspelt, and silence would let the default act in their place.</summary>
internal static class KnownKeys
{
    /// <summary>Farther than this a key is another word, not a slip.</summary>
    private const int LargestSlip = 4;

    // The web server and the logging of .NET read these themselves.
    private static readonly HashSet<string> Foreign = new(StringComparer.OrdinalIgnoreCase) { "Logging", "Kestrel", "Urls", "AllowedHosts", "ForwardedHeaders_Enabled", "HTTP_PORTS", "HTTPS_PORTS" };

    private static readonly (string Name, Type Options)[] Sections =
    [
        ("Storage", typeof(StorageOptions)),
        ("Publication", typeof(PublicationOptions)),
        ("Articles", typeof(ArticlesOptions)),
        ("Feeds", typeof(FeedOptions)),
        ("Mail", typeof(MailOptions)),
        ("Newsletter", typeof(NewsletterOptions)),
    ];

    private static readonly string[] All = [.. Sections.SelectMany(section => Keys(section.Name, section.Options))];

    /// <summary>One sentence a key that nothing reads, with the nearest known one.</summary>
    public static IReadOnlyList<string> Warnings(IConfigurationRoot configuration)
    {
        List<string> warnings = [];
        foreach (var provider in configuration.Providers)
        {
            // The environment is full of other programs' words; only ours have sections.
            var environment = provider is EnvironmentVariablesConfigurationProvider;
            foreach (var key in Leaves(provider, parent: null).Where(key => !environment || LooksLikeOurs(key)))
            {
                if (!Foreign.Contains(key.Split(':')[0]) && !All.Contains(WithoutNumbers(key), StringComparer.OrdinalIgnoreCase))
                {
                    warnings.Add($"The setting {key} is unknown and has no effect. {Suggestion(key)}");
                }
            }
        }

        return [.. warnings.Distinct(StringComparer.Ordinal)];
    }

    private static string Suggestion(string key)
    {
        var nearest = All.MinBy(known => Distance(known, WithoutNumbers(key)))!;
        return Distance(nearest, WithoutNumbers(key)) <= LargestSlip
            ? $"Did you mean {nearest}?"
            : $"The sections are {string.Join(", ", Sections.Select(section => section.Name))}; remove it, or see the README for their keys.";
    }

    private static bool LooksLikeOurs(string key) =>
        key.Contains(':', StringComparison.Ordinal)
        && Sections.Any(section => Distance(section.Name, key.Split(':')[0]) <= 2);

    private static IEnumerable<string> Leaves(IConfigurationProvider provider, string? parent)
    {
        var children = provider.GetChildKeys([], parent).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var child in children)
        {
            var path = parent is null ? child : $"{parent}:{child}";
            var below = Leaves(provider, path).ToList();
            foreach (var leaf in below.Count > 0 ? below : [path])
            {
                yield return leaf;
            }
        }
    }

    private static IEnumerable<string> Keys(string path, Type type)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite || IsList(property.PropertyType)))
        {
            var name = $"{path}:{property.Name}";
            var item = IsList(property.PropertyType) ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            yield return name;
            if (item.Assembly != typeof(string).Assembly && item.IsClass)
            {
                foreach (var key in Keys(name, item))
                {
                    yield return key;
                }
            }
        }
    }

    private static bool IsList(Type type) => type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary><c>Newsletter:Cadences:0:Cron</c> without its 0.</summary>
    private static string WithoutNumbers(string key) =>
        string.Join(':', key.Split(':').Where(segment => !segment.All(char.IsAsciiDigit)));

    /// <summary>Levenshtein distance, ignoring case.</summary>
    private static int Distance(string one, string other)
    {
        var previous = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var row = 1; row <= one.Length; row++)
        {
            var current = new int[other.Length + 1];
            current[0] = row;
            for (var column = 1; column <= other.Length; column++)
            {
                var same = char.ToUpperInvariant(one[row - 1]) == char.ToUpperInvariant(other[column - 1]);
                current[column] = Math.Min(Math.Min(previous[column], current[column - 1]) + 1, previous[column - 1] + (same ? 0 : 1));
            }

            previous = current;
        }

        return previous[^1];
    }
}
