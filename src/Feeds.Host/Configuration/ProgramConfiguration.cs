namespace Feeds.Host.Configuration;

/// <summary>
/// Where settings come from; a later one wins: <c>appsettings.json</c> beside the program, the one in the working folder,
/// the environment (<c>Section__Key</c>), the command line (<c>--Section:Key value</c>).
/// </summary>
internal static class ProgramConfiguration
{
    public const string FileName = "appsettings.json";

    public static void AddProgramSettings(this IConfigurationBuilder configuration, IReadOnlyList<string> commandLineSettings)
    {
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, FileName), optional: true, reloadOnChange: false);
        configuration.AddJsonFile(Path.Combine(Environment.CurrentDirectory, FileName), optional: true, reloadOnChange: false);
        configuration.AddEnvironmentVariables("ASPNETCORE_");
        configuration.AddEnvironmentVariables();
        configuration.AddCommandLine([.. commandLineSettings]);
    }

    /// <summary>
    /// Parts a command line into settings (<c>--Section:Key=value</c> or <c>--Section:Key value</c>) and the words of the command.
    /// </summary>
    public static (IReadOnlyList<string> Settings, IReadOnlyList<string> Words) Split(IReadOnlyList<string> arguments)
    {
        List<string> settings = [];
        List<string> words = [];
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            var name = argument.Split('=', 2)[0];
            if (!IsSetting(name))
            {
                words.Add(argument);
            }
            else if (name.Length < argument.Length || index + 1 == arguments.Count)
            {
                settings.Add(name.Length < argument.Length ? argument : argument + "=");
            }
            else
            {
                settings.Add($"{argument}={arguments[++index]}");
            }
        }

        return (settings, words);
    }

    private static bool IsSetting(string name) =>
        name.StartsWith("--", StringComparison.Ordinal)
        && (name.Contains(':', StringComparison.Ordinal) || string.Equals(name, "--urls", StringComparison.OrdinalIgnoreCase));
}
