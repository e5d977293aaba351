using System.Diagnostics.CodeAnalysis;
using System.Globalization;

/// <summary>
/// Runs in the program before its own first line when <c>DOTNET_STARTUP_HOOKS</c> names this assembly, and says in which
/// culture it runs. The runtime wants this name without a namespace.
/// </summary>
[SuppressMessage("Design", "MA0047", Justification = "The runtime's name for it.")]
[SuppressMessage("Design", "CA1050", Justification = "The runtime's name for it.")]
internal static class StartupHook
{
    /// <summary>What the line begins with.</summary>
    public const string Says = "Culture of this process: ";

    public static void Initialize() => Console.Error.WriteLine(Says + CultureInfo.CurrentCulture.Name);
}
