using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>Checks <c>Newsletter:Join</c>.</summary>
internal sealed class JoinOptionsCheck : IValidateOptions<NewsletterOptions>
{
    private const int Least = 4;

    public ValidateOptionsResult Validate(string? name, NewsletterOptions options)
    {
        var mistakes = Mistakes(options.Join).ToList();
        return mistakes.Count > 0 ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Mistakes(JoinOptions join)
    {
        (string Key, int Value, int Most)[] numbers =
        [
            (nameof(join.MailsPerHourAndNetwork), join.MailsPerHourAndNetwork, 100_000),
            (nameof(join.MailsPerHourAndDomain), join.MailsPerHourAndDomain, 100_000),
            (nameof(join.MailsPerHour), join.MailsPerHour, 1_000_000),
            (nameof(join.MostWaiting), join.MostWaiting, 1_000_000),
        ];
        foreach (var (key, value, most) in numbers)
        {
            if (value < Least || value > most)
            {
                yield return $"Newsletter:Join:{key} is {value}; write a number from {Least} to {most}.";
            }
        }

        foreach (var (index, origin) in join.AllowedOrigins.Index())
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
                || !string.Equals(address.GetLeftPart(UriPartial.Authority), origin, StringComparison.Ordinal))
            {
                yield return $"Newsletter:Join:AllowedOrigins:{index} is \"{origin}\"; write scheme and host as browsers send them, such as https://example.org, without a slash at the end.";
            }
        }
    }
}
