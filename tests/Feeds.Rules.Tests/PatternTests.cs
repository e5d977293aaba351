using System.Reflection;
using System.Text.RegularExpressions;

namespace Feeds.Rules.Tests;

/// <summary>No text of a stranger keeps a pattern busy: each gives up in time, or never goes back.</summary>
public sealed partial class PatternTests
{
    // What a request or a mail may cost at most; most give up after one second.
    private const int MostMilliseconds = 10_000;

    [Fact, Attack(21)]
    public void Every_pattern_of_the_program_gives_up_in_time_or_never_goes_back()
    {
        var patterns = Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name is "feeds" || House.Arrows.ContainsKey(name!))
            .SelectMany(name => Assembly.Load(name!).GetTypes())
            .SelectMany(type => type.GetMembers(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .SelectMany(member => member.GetCustomAttributes<GeneratedRegexAttribute>().Select(pattern => (Where: $"{member.DeclaringType!.Name}.{member.Name}", Pattern: pattern)))
            .ToList();

        Assert.True(patterns.Count > 30, $"{patterns.Count} patterns");
        Assert.Empty(patterns
            .Where(found => !found.Pattern.Options.HasFlag(RegexOptions.NonBacktracking) && found.Pattern.MatchTimeoutMilliseconds is <= 0 or > MostMilliseconds)
            .Select(found => $"{found.Where} has neither a time-out of at most ten seconds nor NonBacktracking"));
    }

    [Fact, Attack(21)]
    public void There_is_no_other_way_to_a_pattern() =>
        Assert.Empty(Checkout.Sources("src")
            .Where(file => Others().IsMatch(File.ReadAllText(file)))
            .Select(file => $"{Path.GetRelativePath(Checkout.Root, file)} makes a pattern without [GeneratedRegex]"));

    [GeneratedRegex(@"new\s+Regex\s*\(|\bRegex\s*\.\s*(IsMatch|Match|Matches|Replace|Split|Count|EnumerateMatches|EnumerateSplits)\s*\(|\[RegularExpression\(|RegexStringValidator", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Others();
}
