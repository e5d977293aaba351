using System.CommandLine;

namespace Feeds.Host.Commands;

internal static class JsonOption
{
    public static Option<bool> Create() => new("--json") { Description = "Print an array of JSON objects instead of a table." };
}
