using System.Diagnostics;
using System.Globalization;

namespace Feeds.Delivery.Tests;

/// <summary>
/// Debian's Postfix as an instance of the test's own, on a port of this machine, which relays everything to <c>smtp-sink</c>;
/// that one keeps each mail in a file.
/// </summary>
internal sealed class PostfixRelay : IAsyncDisposable
{
    private const string Postfix = "/usr/sbin/postfix";
    private const string Sink = "/usr/sbin/smtp-sink";
    private readonly TestFolder folder = new();
    private readonly RunningProgram sink;

    private PostfixRelay(int sinkPort) =>
        sink = RunningProgram.Start(Sink, "-u", "root", "-d", folder["mails/"], string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sinkPort}"), "100");

    public int Port { get; } = ProgramProcess.FreePort();

    /// <summary>How many mails Postfix has handed over to the other side.</summary>
    public int Relayed => File.ReadLines(folder["log"]).Count(line => line.Contains("status=sent", StringComparison.Ordinal));

    /// <summary>What Postfix wrote.</summary>
    public string Log => File.ReadAllText(folder["log"]);

    /// <summary>Starts both; skips the test where they are lacking.</summary>
    public static async Task<PostfixRelay> StartAsync()
    {
        Lacking.SkipOrFail(File.Exists(Postfix) && File.Exists(Sink) ? null : "Postfix (Debian: apt-get install postfix)");
        Lacking.SkipOrFail(string.Equals(Environment.UserName, "root", StringComparison.Ordinal) ? null : "the right to start Postfix, which root alone has");
        var sinkPort = ProgramProcess.FreePort();
        var relay = new PostfixRelay(sinkPort);
        await relay.StartPostfixAsync(sinkPort);
        return relay;
    }

    /// <summary>The mails that arrived, each with the envelope's recipient.</summary>
    public IReadOnlyList<ReceivedMail> Mails() => ReceivedMail.ReadAll(folder["mails"]);

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        await sink.DisposeAsync();
        folder.Dispose();
    }

    private async Task StartPostfixAsync(int sinkPort)
    {
        // Its processes give up being root, and must still come here.
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(folder["queue"]);
        Directory.CreateDirectory(folder["data"]);
        using (var own = Process.Start("chown", ["postfix", folder["data"]]))
        {
            await own.WaitForExitAsync();
        }

        folder.Write("configuration/main.cf", string.Create(CultureInfo.InvariantCulture, $"""
            compatibility_level = 3.6
            queue_directory = {folder["queue"]}
            data_directory = {folder["data"]}
            maillog_file_prefixes = {folder.Path}
            maillog_file = {folder["log"]}
            myhostname = relay.test.invalid
            mydestination =
            alias_maps =
            alias_database =
            mynetworks = 127.0.0.0/8
            smtpd_relay_restrictions = permit_mynetworks, reject
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            relayhost = [127.0.0.1]:{sinkPort}

            """));
        folder.Write("configuration/master.cf", string.Create(CultureInfo.InvariantCulture, $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            smtp unix - - n - - smtp
            error unix - - n - - error
            retry unix - - n - - error
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd

            """));
        Assert.Equal(0, await RunAsync("start"));
    }

    private async Task<int> RunAsync(string command)
    {
        // Its daemons keep what they inherit open.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", Postfix, "-c", folder["configuration"], command]))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
