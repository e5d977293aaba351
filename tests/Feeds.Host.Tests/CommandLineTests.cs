using System.Text.Json;

namespace Feeds.Host.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Wrong_use_ends_with_2_and_refusal_with_1_and_both_say_why_on_stderr()
    {
        using var folder = new TestFolder();

        var nonsense = await ProgramProcess.RunAsync(folder.Path, "nonsense");
        var contradiction = await ProgramProcess.RunAsync(folder.Path, "schedule", "set", "weekly", "--pause", "--resume");
        var badInstant = await ProgramProcess.RunAsync(folder.Path, "edition", "run", "weekly", "--slot", "2026-11-30T08:00:00");
        var unknownCadence = await ProgramProcess.RunAsync(folder.Path, "edition", "run", "hourly", "--slot", "2026-11-30T08:00:00+01:00");

        Assert.Equal((2, 2, 2, 1), (nonsense.ExitCode, contradiction.ExitCode, badInstant.ExitCode, unknownCadence.ExitCode));
        Assert.Contains("nonsense", nonsense.Errors, StringComparison.Ordinal);
        Assert.Contains("--pause and --resume", contradiction.Errors, StringComparison.Ordinal);
        Assert.Contains("2026-11-30T08:00:00+01:00", badInstant.Errors, StringComparison.Ordinal);
        Assert.Contains("schedule list", unknownCadence.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Storage:ConnectionString", "feeds.db", "Storage:ConnectionString")]
    [InlineData("--Publication:BaseUrl", "blog.example", "Publication:BaseUrl")]
    [InlineData("--Publication:TimeZone", "Europe/Pariss", "Publication:TimeZone")]
    [InlineData("--Mail:Mode", "carrier-pigeon", "Mail:Mode")]
    [InlineData("--Mail:From", "nobody", "Mail:From")]
    [InlineData("--Mail:Dkim:0:Domain", "nowhere", "Mail:Dkim:0:Domain")]
    [InlineData("--Mail:Smtp:Port", "99999", "Mail:Smtp:Port")]
    [InlineData("--Mail:Smtp:Port", "many", "Mail:Smtp:Port")]
    [InlineData("--Newsletter:Cadences:0:Cron", "every monday", "Newsletter:Cadences:0:Cron")]
    [InlineData("--Newsletter:Cadences:0:Cron", "0 0 0 30 2 ?", "Newsletter:Cadences:0:Cron")]
    [InlineData("--Newsletter:Cadences:0:Zone", "Paris", "Newsletter:Cadences:0:Zone")]
    [InlineData("--Newsletter:Cadences:0:Name", "Every Monday!", "Newsletter:Cadences:0:Name")]
    [InlineData("--Articles:Folder", "nowhere", "Articles:Folder")]
    public async Task A_wrong_value_stops_the_start_with_a_sentence_that_names_the_key(string key, string value, string named)
    {
        using var folder = new TestFolder();

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(folder.Path, "serve", key, value, "--urls", "http://127.0.0.1:0");

        Assert.Equal(1, exitCode);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_file_that_is_no_JSON_is_refused_with_file_and_line()
    {
        using var folder = new TestFolder();
        folder.Write("appsettings.json", "{\n  \"Mail\": {\n    \"Mode\": \"pickup\"\n");

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(folder.Path, "check");

        Assert.Equal(1, exitCode);
        Assert.Contains(folder["appsettings.json"], errors, StringComparison.Ordinal);
        Assert.Contains("LineNumber", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_key_is_warned_of_with_the_nearest_known_one()
    {
        using var folder = new TestFolder();

        var (exitCode, _, errors) = await ProgramProcess.RunAsync(folder.Path, "schedule", "list", "--Mail:Smpt:Host=mail.example");

        Assert.Equal(0, exitCode);
        Assert.Contains("Mail:Smpt:Host", errors, StringComparison.Ordinal);
        Assert.Contains("Mail:Smtp:Host", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schedule_is_listed_as_JSON_with_five_runs_in_local_time()
    {
        using var folder = new TestFolder();

        var (exitCode, output, _) = await ProgramProcess.RunAsync(folder.Path, "schedule", "list", "--json");

        Assert.Equal(0, exitCode);
        var weekly = JsonDocument.Parse(output).RootElement.EnumerateArray().Single(one => one.GetProperty("cadence").ValueEquals("weekly"));
        Assert.Equal("0 0 8 ? * MON", weekly.GetProperty("cron").GetString());
        Assert.Equal("Europe/Paris", weekly.GetProperty("zone").GetString());
        Assert.False(weekly.GetProperty("paused").GetBoolean());
        var runs = weekly.GetProperty("nextRuns").EnumerateArray().Select(run => run.GetString()!).ToList();
        Assert.Equal(5, runs.Count);
        Assert.All(runs, run => Assert.Matches(@"^\d{4}-\d\d-\d\dT08:00:00\+0[12]:00$", run));
    }

    [Fact]
    public async Task A_schedule_is_changed_paused_and_resumed_from_the_shell()
    {
        using var folder = new TestFolder();

        var never = await ProgramProcess.RunAsync(folder.Path, "schedule", "set", "weekly", "--cron", "0 0 0 30 2 ?");
        var changed = await ProgramProcess.RunAsync(folder.Path, "schedule", "set", "weekly", "--cron", "0 15 9 ? * TUE", "--zone", "America/New_York", "--minimum", "3", "--pause");
        var (_, listed, _) = await ProgramProcess.RunAsync(folder.Path, "schedule", "list", "--json");

        Assert.Equal((1, 0), (never.ExitCode, changed.ExitCode));
        var weekly = JsonDocument.Parse(listed).RootElement.EnumerateArray().Single(one => one.GetProperty("cadence").ValueEquals("weekly"));
        Assert.Equal(("0 15 9 ? * TUE", "America/New_York", true), (weekly.GetProperty("cron").GetString(), weekly.GetProperty("zone").GetString(), weekly.GetProperty("paused").GetBoolean()));
    }

    [Fact]
    public async Task The_doctor_for_mail_ends_with_1_where_something_fails_and_tells_it_as_JSON()
    {
        using var folder = new TestFolder();

        var (exitCode, output, _) = await ProgramProcess.RunAsync(folder.Path, "doctor", "mail", "--json");

        Assert.Equal(1, exitCode);
        var failed = JsonDocument.Parse(output).RootElement.EnumerateArray().Single(one => one.GetProperty("verdict").ValueEquals("fail"));
        Assert.Contains("Mail:From is at localhost", failed.GetProperty("sentence").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_looks_at_everything_and_names_what_would_fail()
    {
        using var folder = new TestFolder();
        folder.Write("taken", "a file where the mails should go");

        var sound = await ProgramProcess.RunAsync(folder.Path, "check");
        var spoilt = await ProgramProcess.RunAsync(folder.Path, "check", "--Mail:PickupFolder", "taken/mails");

        Assert.Equal((0, 1), (sound.ExitCode, spoilt.ExitCode));
        Assert.Contains("Sqlite 3.", sound.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL  mail folder", spoilt.Output, StringComparison.Ordinal);
        Assert.Contains("Mail:PickupFolder", spoilt.Output, StringComparison.Ordinal);
    }

    [Fact, Attack(40)]
    public async Task Check_says_of_a_key_for_dkim_what_is_wrong_with_it_and_nothing_of_what_is_in_it()
    {
        using var folder = new TestFolder();
        folder.Write("rsa.pem", "hush");

        var (exitCode, output, errors) = await ProgramProcess.RunAsync(
            folder.Path, "check", "--Mail:From", "news@example.org", "--Mail:Dkim:0:Domain", "example.org", "--Mail:Dkim:0:Selector", "feeds1", "--Mail:Dkim:0:KeyFile", "rsa.pem");

        Assert.Equal(1, exitCode);
        Assert.Contains("FAIL  configuration: Mail:Dkim:0:KeyFile rsa.pem ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", output + errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + errors, StringComparison.Ordinal);
    }
}
