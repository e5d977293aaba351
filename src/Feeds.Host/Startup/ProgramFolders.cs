namespace Feeds.Host.Startup;

/// <summary>Where the files that come with the program lie: in the working folder (a checkout), else beside the program.</summary>
internal static class ProgramFolders
{
    public static string Templates { get; } = Find("templates");

    public static string Sample { get; } = Path.Combine(AppContext.BaseDirectory, "Sample");

    public static string WebRoot { get; } = Path.Combine(AppContext.BaseDirectory, "wwwroot");

    private static string Find(string name) =>
        Path.Combine(Directory.Exists(Path.Combine(Environment.CurrentDirectory, name)) ? Environment.CurrentDirectory : AppContext.BaseDirectory, name);
}
