using System.Runtime.CompilerServices;

namespace Feeds.Rules.Tests;

/// <summary>The source tree that these tests were compiled from.</summary>
internal static class Checkout
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", ".."));

    public static IReadOnlyList<string> Sources(params string[] folders) =>
    [
        .. folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".cshtml", StringComparison.Ordinal))
            .Where(file => !Path.GetRelativePath(Root, file).Split('/').Any(segment => segment is "obj" or "bin"))
            .Order(StringComparer.Ordinal),
    ];

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
