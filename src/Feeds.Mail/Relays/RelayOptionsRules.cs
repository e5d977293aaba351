using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>What <c>Mail:Relays</c>, <c>Mail:Routes</c> and <c>Mail:Domains</c> must keep to; each failure names its key and its mend.</summary>
internal sealed class RelayOptionsRules : IValidateOptions<MailOptions>
{
    private const int MaximumRelays = 20;
    private const int MaximumList = 100;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var failures = RefuseRelays(options).Concat(RefuseRoutes(options)).Concat(RefuseDomains(options)).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> RefuseRelays(MailOptions options)
    {
        if (options.Relays.Count > MaximumRelays)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:Relays has {options.Relays.Count} servers; leave at most {MaximumRelays}.");
        }

        if (options.Relays.Count > 0 && options.Smtp.Host.Length > 0)
        {
            yield return "Mail:Smtp:Host and Mail:Relays are both set; move the server of Mail:Smtp into the list, or remove the list.";
        }

        foreach (var twice in options.Servers.GroupBy(smtp => smtp.Called, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Last().Section}:Name {twice.Key} stands for two servers; give each a name of its own.";
        }

        foreach (var smtp in options.Servers)
        {
            if (smtp.Called.Length > 200 || smtp.Called.Any(char.IsControl))
            {
                yield return $"{smtp.Section}:Name is longer than 200 characters or holds a control character; write a short word.";
            }

            if (smtp.Weight is < 0 or > 100)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{smtp.Section}:Weight is {smtp.Weight}; write a number from 0 (stands by) to 100.");
            }

            if (smtp.WarmUp is { } plan && (plan.FirstDay is < 1 or > 1_000_000 || plan.GrowthPercent is < 1 or > 400 || plan.Begins == default))
            {
                yield return $"{smtp.Section}:WarmUp needs Begins (a day such as 2026-12-01), FirstDay from 1 to 1000000 and GrowthPercent from 1 to 400; correct the one that is not.";
            }
        }

        if (options.Servers.All(smtp => smtp.Weight == 0))
        {
            yield return $"{options.Servers[0].Section}:Weight is 0, so it stands by for a server that there is not; write 1.";
        }
    }

    private static IEnumerable<string> RefuseRoutes(MailOptions options)
    {
        if (options.Routes.Count > MaximumList)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:Routes has {options.Routes.Count} entries; leave at most {MaximumList}.");
        }

        var names = options.Servers.Select(smtp => smtp.Called).ToHashSet(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Routes.Count; i++)
        {
            var section = string.Create(CultureInfo.InvariantCulture, $"Mail:Routes:{i}");
            var route = options.Routes[i];
            if (route.Relays.Count == 0)
            {
                yield return $"{section}:Relays is empty; write the name of one of Mail:Relays, or remove the route.";
            }

            foreach (var unknown in route.Relays.Where(relay => !names.Contains(relay)))
            {
                yield return $"{section}:Relays names {unknown}, which no server in Mail:Relays is called; the names are {string.Join(", ", names)}.";
            }

            foreach (var failure in RefuseNames($"{section}:Domains", route.Domains))
            {
                yield return failure;
            }
        }
    }

    private static IEnumerable<string> RefuseDomains(MailOptions options)
    {
        if (options.Domains.Count > MaximumList)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Mail:Domains has {options.Domains.Count} entries; leave at most {MaximumList}.");
        }

        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Domains.Count; i++)
        {
            var section = string.Create(CultureInfo.InvariantCulture, $"Mail:Domains:{i}");
            var domains = options.Domains[i];
            if (domains.Names.Count == 0)
            {
                yield return $"{section}:Names is empty; write a domain such as gmail.com.";
            }

            if (domains.MessagesPerSecond is < 1 or > 10_000 || domains.MessagesPerMinute is < 1 or > 600_000 || domains.MessagesPerDay is < 1)
            {
                yield return $"{section} has a limit out of range; MessagesPerSecond goes from 1 to 10000, MessagesPerMinute from 1 to 600000, MessagesPerDay from 1.";
            }

            if (domains is { MessagesPerSecond: null, MessagesPerMinute: null, MessagesPerDay: null })
            {
                yield return $"{section} limits nothing; set MessagesPerSecond, MessagesPerMinute or MessagesPerDay, or remove it.";
            }

            foreach (var twice in domains.Names.Where(name => !seen.Add(name)))
            {
                yield return $"{section}:Names has {twice}, which stands in Mail:Domains before; leave it in one place.";
            }

            foreach (var failure in RefuseNames($"{section}:Names", domains.Names))
            {
                yield return failure;
            }
        }
    }

    private static IEnumerable<string> RefuseNames(string key, IList<string> names)
    {
        if (names.Count > MaximumList)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{key} has {names.Count} domains; leave at most {MaximumList}.");
        }

        foreach (var unfit in names.Where(name => MailAddressSyntax.Normalize($"a@{name}", out _) is not { } normal || !normal.EndsWith($"@{name}", StringComparison.OrdinalIgnoreCase)))
        {
            yield return $"{key} has {ReplyText.WithoutAddresses(unfit)}, which is no domain as addresses are stored; write one such as gmail.com, an international one in its xn-- form.";
        }
    }
}
