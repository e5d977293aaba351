using System.Xml.Linq;

namespace Feeds.Rules.Tests;

/// <summary>The plan of <c>src/README.md</c>: which room may refer to which, and who owns which package.</summary>
internal static class House
{
    public static readonly IReadOnlyDictionary<string, string[]> Arrows = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Feeds.Storage"] = [],
        ["Feeds.Articles"] = ["Feeds.Storage"],
        ["Feeds.Syndication"] = ["Feeds.Articles", "Feeds.Storage"],
        ["Feeds.Mail"] = ["Feeds.Storage"],
        ["Feeds.Newsletter"] = ["Feeds.Articles", "Feeds.Mail", "Feeds.Storage"],
        ["Feeds.Scheduling"] = ["Feeds.Newsletter", "Feeds.Storage"],
        ["Feeds.Host"] = ["Feeds.Articles", "Feeds.Mail", "Feeds.Newsletter", "Feeds.Scheduling", "Feeds.Storage", "Feeds.Syndication"],
    };

    /// <summary>Assemblies that one room alone is compiled against.</summary>
    public static readonly IReadOnlyDictionary<string, string> Owners = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DnsClient"] = "Feeds.Mail",
        ["MailKit"] = "Feeds.Mail",
        ["MimeKit"] = "Feeds.Mail",
        ["BouncyCastle.Cryptography"] = "Feeds.Mail",
        ["RazorLight"] = "Feeds.Newsletter",
        ["Quartz"] = "Feeds.Scheduling",
        ["System.ServiceModel.Syndication"] = "Feeds.Syndication",
        ["Markdig"] = "Feeds.Articles",
        ["YamlDotNet"] = "Feeds.Articles",
        ["AngleSharp"] = "Feeds.Articles",
        ["HtmlSanitizer"] = "Feeds.Articles",
        ["Npgsql"] = "Feeds.Storage",
        ["Microsoft.Data.Sqlite"] = "Feeds.Storage",
        ["FluentMigrator.Runner"] = "Feeds.Storage",
        ["System.CommandLine"] = "Feeds.Host",
        ["Microsoft.AspNetCore.OpenApi"] = "Feeds.Host",
    };

    /// <summary>One sentence for each way in which the project files below a folder leave the plan.</summary>
    public static IReadOnlyList<string> Violations(string sourceFolder)
    {
        List<string> violations = [];
        Dictionary<string, string> packages = new(StringComparer.OrdinalIgnoreCase);
        foreach (var file in Directory.GetFiles(sourceFolder, "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var room = Path.GetFileNameWithoutExtension(file);
            var project = XDocument.Load(file);
            if (!Arrows.TryGetValue(room, out var allowed))
            {
                violations.Add($"{room} is a room that the plan does not know");
                continue;
            }

            foreach (var other in Includes(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Except(allowed, StringComparer.Ordinal))
            {
                violations.Add($"{room} refers to {other}; the plan has no such arrow");
            }

            foreach (var package in Includes(project, "PackageReference"))
            {
                if (!packages.TryAdd(package, room))
                {
                    violations.Add($"{package} is named by {packages[package]} and by {room}; one project names a package");
                }
            }
        }

        return violations;
    }

    private static IEnumerable<string> Includes(XDocument project, string item) =>
        project.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
