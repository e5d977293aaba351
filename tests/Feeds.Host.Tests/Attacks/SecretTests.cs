using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Feeds.Testing.Smtp;

namespace Feeds.Host.Tests.Attacks;

/// <summary>What whoever reads the database, the logs, the mails or the pages of a running program finds of its secrets.</summary>
public sealed partial class SecretTests
{
    private const string SmtpPassword = "smtp-Geheim/1+é";
    private const string PopPassword = "pop-Geheim/2+é";
    private const string HookKey = "hook-Geheim/3+é";
    private const string DatabasePassword = "database-Geheim/4+é";
    private const string MisspeltPassword = "typo-Geheim/5+é";
    private const string AdminPassword = "admin-Geheim/6+é";
    private const string Reader = "lectrice.zoe@blog.example";
    private const string Guess = "guess-Geheim/7+é";

    [Fact, Attack(40)]
    public async Task No_secret_is_in_the_database_a_log_a_page_a_mail_or_what_a_command_says_however_much_is_logged()
    {
        using var folder = new TestFolder();
        using var key = RSA.Create(2048);
        var pem = key.ExportPkcs8PrivateKeyPem();
        await using var relay = ScriptedSmtpServer.Start(new SmtpScript { ImplicitTls = true, Login = ("feeds", SmtpPassword) });
        using var mailbox = new EchoingMailbox();
        var certificate = folder.Write("certificate.pem", relay.Certificate.ExportCertificatePem());
        var site = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{ProgramProcess.FreePort()}"));
        string[] settings =
        [
            $"--Storage:ConnectionString=Data Source={folder["data/feeds.db"]}", "--Mail:Mode=live", "--Mail:From=atelier@blog.example", "--Mail:BounceAddress=bounces@blog.example",
            "--Mail:Smtp:Host=localhost", string.Create(CultureInfo.InvariantCulture, $"--Mail:Smtp:Port={relay.Port}"), "--Mail:Smtp:Security=Tls", "--Mail:Smtp:Username=feeds",
            "--Mail:Returns:Kind=pop3", "--Mail:Returns:Host=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--Mail:Returns:Port={mailbox.Port}"), "--Mail:Returns:Security=None", "--Mail:Returns:Username=feeds",
            $"--Mail:Returns:PasswordFile={Private(folder, "pop", PopPassword)}", "--Mail:Dkim:0:Domain=blog.example", "--Mail:Dkim:0:Selector=one", $"--Mail:Dkim:0:KeyFile={Private(folder, "dkim.pem", pem)}",
            "--Mail:Events:0:Relay=mailgun", $"--Mail:Events:0:KeyFile={Private(folder, "hook", HookKey)}", $"--Mail:Smtp:Pasword={MisspeltPassword}",
        ];
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["Mail__Smtp__Password"] = SmtpPassword, ["SSL_CERT_FILE"] = certificate };
        var said = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);

        var levels = ((string[])["Default", "Microsoft", "System", "Feeds", "Quartz"]).Select(category => $"--Logging:LogLevel:{category}=Trace");
        await using var serving = ProgramProcess.Start(folder.Path, environment, ["serve", $"--urls={site}", $"--Publication:BaseUrl={site}", .. levels, .. settings]);
        await serving.WaitUntilReadyAsync(site);
        await Eventually.TrueAsync(() => SetupLink().IsMatch(serving.Printed), () => serving.Printed, TimeSpan.FromMinutes(2));
        var welcome = SetupLink().Match(serving.Printed);
        var session = await VisitAsync(site, welcome.Groups["token"].Value, said);
        await Eventually.TrueAsync(() => relay.Ledger.Messages.Count > 0 && mailbox.Heard.Contains("PASS", StringComparison.Ordinal), () => serving.Printed, TimeSpan.FromMinutes(2));
        foreach (var command in (string[][])[["check", .. settings], ["doctor", "mail", "--json", .. settings], ["check", "--Storage:ConnectionString", $"Host=localhost;Port=1;Username=feeds;Password={DatabasePassword};Database=feeds"]])
        {
            var (_, output, errors) = await ProgramProcess.RunAsync(folder.Path, environment, command);
            said[string.Join(' ', command[..2])] = output + errors;
        }

        said["data"] = string.Concat(Directory.EnumerateFiles(folder["data"], "*", SearchOption.AllDirectories).Select(Read));
        Assert.Equal(0, await serving.TerminateAsync());
        said["data afterwards"] = string.Concat(Directory.EnumerateFiles(folder["data"], "*", SearchOption.AllDirectories).Select(Read));
        said["log"] = serving.Printed;
        var mail = Encoding.Latin1.GetString(Assert.Single(relay.Ledger.Messages).Bytes.Span);
        said["mail"] = mail;

        Assert.Equal("feeds", Assert.Single(relay.Logins.Distinct(StringComparer.Ordinal)));
        Assert.Contains("DKIM-Signature:", mail, StringComparison.Ordinal);
        Assert.Contains("dbug:", said["log"], StringComparison.Ordinal);
        Assert.Contains("SQLite format", said["data"], StringComparison.Ordinal);
        Assert.Contains("Mail:Smtp:Pasword", said["log"], StringComparison.Ordinal);
        string[] secrets = [SmtpPassword, PopPassword, HookKey, DatabasePassword, MisspeltPassword, AdminPassword, Guess, session, .. pem.Split('\n')[1..4]];
        AssertHoldsNone(said, secrets);
        // It is printed for whoever started the program, and stands in the address that they open.
        said.TryRemove("log", out var log);
        AssertHoldsNone(said, welcome.Groups["token"].Value);
        said["log"] = log!;
        AssertHoldsNone(new Dictionary<string, string>(StringComparer.Ordinal) { ["log"] = log! }, Reader);
        // It is worth as much as the key that signs it, which the database holds; but whoever reads a log is not to confirm for others.
        said.Keys.Where(where => where.StartsWith("data", StringComparison.Ordinal) || where is "mail").ToList().ForEach(where => said.TryRemove(where, out _));
        AssertHoldsNone(said, ConfirmToken().Match(mail.Replace("=\r\n", "", StringComparison.Ordinal)).Groups["token"].Value);
    }

    private static void AssertHoldsNone(IReadOnlyDictionary<string, string> said, params string[] secrets)
    {
        Assert.All(secrets, secret => Assert.True(secret.Length >= 14, secret));
        var found = from text in said from secret in secrets from form in Forms(secret) where text.Value.Contains(form, StringComparison.OrdinalIgnoreCase) select $"{text.Key} has {form}: …{Around(text.Value, form)}…";
        Assert.Equal("", string.Join('\n', found));
    }

    /// <summary>Chooses the password, guesses once, and reads what there is to read; returns the session.</summary>
    private static async Task<string> VisitAsync(Uri site, string token, ConcurrentDictionary<string, string> said)
    {
        using var client = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = site };
        foreach (var (path, password) in new[] { ($"/admin/setup/{token}", AdminPassword), ("/admin/login", Guess) })
        {
            var field = FormToken().Match(await client.GetStringAsync(path)).Groups["token"].Value;
            using var form = new FormUrlEncodedContent([new("password", password), new("__RequestVerificationToken", field)]);
            using var answer = await client.PostAsync(path, form);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            said[path.Split('/')[2]] = await answer.Content.ReadAsStringAsync();
        }

        foreach (var path in (string[])["/", "/admin", "/admin/categories", "/privacy", "/subscribe", "/health/live", "/health/ready", "/metrics", "/feed.atom", "/appsettings.json", "/mail/events/mailgun", "/status/500"])
        {
            using var answer = await client.GetAsync(path);
            said[path] = $"{answer.Headers} {await answer.Content.ReadAsStringAsync()}";
        }

        using var wish = new FormUrlEncodedContent([new("email", Reader), new("cadence", "daily")]);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/subscribe", wish)).StatusCode);
        var handler = new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false };
        using var fresh = new HttpClient(handler) { BaseAddress = site };
        using var shown = await fresh.GetAsync("/admin/login");
        var formToken = FormToken().Match(await shown.Content.ReadAsStringAsync()).Groups["token"].Value;
        using var login = new HttpRequestMessage(HttpMethod.Post, "/admin/login") { Content = new FormUrlEncodedContent([new("password", AdminPassword), new("__RequestVerificationToken", formToken)]) };
        login.Headers.Add("Cookie", shown.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using var entered = await fresh.SendAsync(login);
        var cookie = entered.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("feeds.admin=", StringComparison.Ordinal)).Split(';')[0];
        using var inside = new HttpRequestMessage(HttpMethod.Get, "/admin");
        inside.Headers.Add("Cookie", cookie);
        Assert.Equal(HttpStatusCode.OK, (await fresh.SendAsync(inside)).StatusCode);
        return cookie.Split('=', 2)[1];
    }

    private static string Private(TestFolder folder, string name, string text)
    {
        var path = folder.Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }

    // The program has them open.
    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return Encoding.UTF8.GetString(content.GetBuffer(), 0, (int)content.Length);
    }

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 80)..Math.Min(text.Length, at + form.Length + 20)];
    }

    /// <summary>As it is, and as addresses, pages, JSON and mails write it.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        yield return secret;
        yield return Uri.EscapeDataString(secret);
        yield return WebUtility.HtmlEncode(secret);
        yield return System.Text.Json.JsonSerializer.Serialize(secret).Trim('"');
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        // Base64 of a text within another one has three forms, by where it begins.
        for (var before = 0; before < 3; before++)
        {
            yield return Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + secret))[4..^4];
        }
    }

    [GeneratedRegex(@"\S+/admin/setup/(?<token>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SetupLink();

    [GeneratedRegex(@"/confirm/(?<token>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConfirmToken();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormToken();

    /// <summary>A POP3 server that repeats in its refusal what it was told, the password too.</summary>
    private sealed class EchoingMailbox : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly ConcurrentQueue<string> heard = new();

        public EchoingMailbox()
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
            _ = Task.Run(AcceptAsync);
        }

        public int Port { get; }

        public string Heard => string.Join('\n', heard);

        public void Dispose() => listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await TalkAsync(client);
                }
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Disposed.
            }
        }

        private async Task TalkAsync(TcpClient client)
        {
            try
            {
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.UTF8);
                await stream.WriteAsync("+OK ready\r\n"u8.ToArray());
                while (await reader.ReadLineAsync() is { } line)
                {
                    heard.Enqueue(line);
                    var answer = line.StartsWith("USER", StringComparison.Ordinal) ? "+OK" : $"-ERR no: {line}";
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"));
                }
            }
            catch (IOException)
            {
                // The client went away.
            }
        }
    }
}
