using System.CommandLine;
using System.Globalization;
using System.Text;
using Feeds.Newsletter;

namespace Feeds.Host.Commands;

/// <summary><c>feeds subscriber import FILE</c> and <c>feeds subscriber export</c>.</summary>
internal static class SubscriberFileCommands
{
    private const int BarLength = 20;

    public static Command CreateImport(IReadOnlyList<string> settings)
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "Comma-, semicolon- or tab-separated values, with a line that names the columns: an export from here, Mailchimp, listmonk, Ghost, Substack, Brevo or a spreadsheet.",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only says what would become of it." };
        var confirmed = new Option<bool>("--confirmed") { Description = "You can prove that the people of the file agreed; --source says where." };
        var source = new Option<string?>("--source") { Description = "Where they agreed, e.g. \"paper form, fair of May 2026\". It is kept with each consent." };
        var cadence = new Option<string?>("--cadence") { Description = "What the people get for whom the file doesn't say it." };
        var columns = new Option<string[]>("--column") { Description = "FIELD=NAME takes a field from that column, e.g. email=Adresse; FIELD= leaves it out. May be repeated." };
        var command = new Command("import", "Brings in the people of a file; nothing is sent to them. Stopped anywhere, it goes on from there when it is said again.")
        {
            file, dryRun, confirmed, source, cadence, columns,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(confirmed) != (result.GetValue(source) is not null))
            {
                result.AddError("--confirmed and --source belong together: --confirmed --source \"paper form, fair of May 2026\".");
            }

            if (result.GetValue(columns)?.FirstOrDefault(column => !column.Contains('=', StringComparison.Ordinal)) is { } unclear)
            {
                result.AddError($"--column {unclear}: write FIELD=NAME, such as email=Adresse.");
            }
        });
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var request = new SubscriberImportRequest(parsed.GetRequiredValue(file).FullName)
                {
                    // The last of several counts.
                    Columns = (parsed.GetValue(columns) ?? []).Select(column => column.Split('=', 2)).GroupBy(column => column[0], column => column[1], StringComparer.Ordinal).ToDictionary(column => column.Key, column => column.Last(), StringComparer.Ordinal),
                    Cadence = parsed.GetValue(cadence),
                    Source = parsed.GetValue(source),
                    IsDryRun = parsed.GetValue(dryRun),
                };
                SubscriberImportReport report;
                try
                {
                    report = await services.GetRequiredService<SubscriberFiles>().ImportAsync(request, Console.IsErrorRedirected ? null : Show, token);
                }
                finally
                {
                    if (!Console.IsErrorRedirected)
                    {
                        await Console.Error.WriteAsync($"\r{new string(' ', 70)}\r");
                    }
                }

                await TellAsync(request, report);
                return report.RefusedCount == 0 ? CommandLine.Done : CommandLine.Refused;
            },
            cancellationToken));
        return command;
    }

    public static Command CreateExport(IReadOnlyList<string> settings)
    {
        var file = new Argument<FileInfo?>("FILE") { Description = "Where to; printed without it. Only this user may read it.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("export", "Every subscription as comma-separated values, which import reads.") { file };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var files = services.GetRequiredService<SubscriberFiles>();
                if (parsed.GetValue(file) is not { } path)
                {
                    await using var output = new StreamWriter(Console.OpenStandardOutput(), leaveOpen: true);
                    await files.ExportAsync(output, token);
                    return CommandLine.Done;
                }

                var count = await ExportAsync(files, path, token);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} subscriptions in {path.FullName}"));
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    /// <summary>There is the whole file or the one that was there before.</summary>
    private static async Task<long> ExportAsync(SubscriberFiles files, FileInfo path, CancellationToken cancellationToken)
    {
        var beside = $"{path.FullName}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            long count;
            await using (var output = new StreamWriter(beside, options))
            {
                count = await files.ExportAsync(output, cancellationToken);
            }

            File.Move(beside, path.FullName, overwrite: true);
            return count;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path.FullName} can't be written: {refused.Message}", refused);
        }
    }

    private static void Show(SubscriberImportProgress progress)
    {
        var done = (int)(progress.Share * BarLength);
        Console.Error.Write(string.Create(
            CultureInfo.InvariantCulture, $"\r[{new string('#', done)}{new string('.', BarLength - done)}] {progress.Share,4:0%}  {progress.Rows} rows, {progress.Refused} refused "));
    }

    private static async Task TellAsync(SubscriberImportRequest request, SubscriberImportReport report)
    {
        var text = new StringBuilder();
        Line($"columns: {string.Join(", ", report.Columns.Select(column => $"{column.Field} from “{column.Column}”"))}");
        Line($"left out: {(report.LeftOut.Count == 0 ? "nothing" : string.Join(", ", report.LeftOut.Select(column => $"“{column}”")))}");
        if (report.IsResumed)
        {
            Line($"went on where an earlier run was stopped; the numbers are those of both");
        }

        var counts = report.Counts;
        Line($"{(request.IsDryRun ? "would be: " : "")}{counts.Confirmed} subscribed, {counts.Unconfirmed} kept as unconfirmed, {counts.Left} noted as having left, {counts.Listed} suppressed");
        Line($"as before: {counts.Known} known already, {counts.StayLeft} had left here, {counts.StaySuppressed} were suppressed");
        Line($"{report.RefusedCount} refused{(report.RefusedFile is { } refusedFile ? $", all of them in {refusedFile}" : "")}");
        await Console.Out.WriteAsync(text);
        foreach (var refused in report.Refused)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(request.Path)}:{refused.Line}: {refused.Reason}"));
        }

        if (counts.Unconfirmed > 0 && request.Source is null)
        {
            await Console.Error.WriteLineAsync("Without --confirmed nobody is subscribed, and nothing is sent to ask them: they may ask by the form at /subscribe, or you import the file again with --confirmed and --source if you can prove that they agreed.");
        }

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
