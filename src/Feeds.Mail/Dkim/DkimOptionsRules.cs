using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What <c>Mail:Dkim</c> must keep to, the files of its keys included; each failure names its key and its mend.</summary>
internal sealed class DkimOptionsRules : IValidateOptions<MailOptions>
{
    private const int MostEntries = 100;
    private const int LongestSelector = 63;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var failures = Refuse(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Refuse(MailOptions options)
    {
        if (options.Dkim.Count > MostEntries)
        {
            return [string.Create(CultureInfo.InvariantCulture, $"Mail:Dkim has {options.Dkim.Count} entries; write at most {MostEntries}.")];
        }

        var failures = options.Dkim.Select(Refuse).OfType<string>().ToList();
        return failures.Count > 0 || options.Dkim.Count == 0 ? failures : RefuseTogether(options);
    }

    private static string? Refuse(DkimOptions entry, int index)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"Mail:Dkim:{index}");
        if (DkimSigner.DomainOf(entry) is null)
        {
            return $"{place}:Domain is no domain name; write the one that Mail:From has after its @, such as example.org.";
        }

        if (!IsSelector(entry.Selector))
        {
            return $"{place}:Selector is none; write what stands before ._domainkey in DNS: letters, digits, hyphens and dots, such as feeds1.";
        }

        if (string.IsNullOrWhiteSpace(entry.KeyFile))
        {
            return $"{place}:KeyFile is empty; write the file of the private key.";
        }

        return DkimKeyFile.Read(entry.KeyFile, out var reason) is null ? $"{place}:KeyFile {entry.KeyFile} {reason}" : null;
    }

    private static IEnumerable<string> RefuseTogether(MailOptions options)
    {
        var known = new Dictionary<(string Domain, string Algorithm), int>();
        for (var index = 0; index < options.Dkim.Count; index++)
        {
            var entry = options.Dkim[index];
            var algorithm = DkimKeyFile.Read(entry.KeyFile, out _)?.Algorithm;
            if (algorithm is not null && !known.TryAdd((DkimSigner.DomainOf(entry)!, algorithm), index))
            {
                var first = known[(DkimSigner.DomainOf(entry)!, algorithm)];
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Mail:Dkim:{index} is a second {algorithm} key of the domain of Mail:Dkim:{first}; keep one. Both may stay in DNS while the key changes.");
            }
        }

        if (SenderSyntax.Parse(options.From) is { } sender && !options.Dkim.Any(entry => DkimSigner.Aligns(DkimSigner.DomainOf(entry)!, sender.Address)))
        {
            yield return "Mail:Dkim has no entry for the domain of Mail:From, so every mail would leave unsigned; add one with that domain or a parent of it.";
        }
    }

    private static bool IsSelector(string? selector) =>
        selector is { Length: > 0 and <= LongestSelector }
        && selector.Split('.').All(label => label.Length > 0 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-');
}
