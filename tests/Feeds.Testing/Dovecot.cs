using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Feeds.Testing.Smtp;

namespace Feeds.Testing;

/// <summary>An IMAP and POP3 server of this test process's own, from Debian's package, in a folder that goes with it.</summary>
public sealed class Dovecot
{
    /// <summary>The password of every user; whoever logs in has a mailbox.</summary>
    public const string Password = "hush";

    private const string Program = "/usr/sbin/dovecot";
    private static int delivered;
    private static readonly Lazy<Task<Dovecot>> Shared = new(StartAsync);

    private readonly string mails;

    // Collected, it would close its pipe.
    private readonly Process guard;

    private Dovecot(Ports ports, string mails, Process guard)
    {
        this.guard = guard;
        (ImapPort, ImapsPort, Pop3Port, Pop3sPort) = (ports.Imap, ports.Imaps, ports.Pop3, ports.Pop3s);
        this.mails = mails;
    }

    /// <summary>On 127.0.0.1; STARTTLS is offered, and none is demanded.</summary>
    public int ImapPort { get; }

    /// <summary>With TLS from the first byte; the certificate is for localhost and signed by itself.</summary>
    public int ImapsPort { get; }

    /// <inheritdoc cref="ImapPort"/>
    public int Pop3Port { get; }

    /// <inheritdoc cref="ImapsPort"/>
    public int Pop3sPort { get; }

    /// <summary>Brings a mail as mail servers do, byte by byte as it is. The user must have logged in before.</summary>
    /// <param name="user">Whose mailbox.</param>
    /// <param name="folder">A folder that is there, or INBOX.</param>
    /// <param name="mail">Whatever came.</param>
    public async Task DeliverAsync(string user, string folder, byte[] mail)
    {
        var maildir = Path.Combine(mails, user, folder is "INBOX" ? "" : $".{folder}");
        var name = string.Create(CultureInfo.InvariantCulture, $"{Interlocked.Increment(ref delivered):00000000}.feeds.tests");
        await File.WriteAllBytesAsync(Path.Combine(maildir, "tmp", name), mail);
        File.Move(Path.Combine(maildir, "tmp", name), Path.Combine(maildir, "new", name));
    }

    /// <summary>The server; skips the test where it is lacking (fails it where <c>CI=true</c>).</summary>
    public static Task<Dovecot> GetAsync()
    {
        var isThere = File.Exists(Program) && File.Exists("/usr/lib/dovecot/imap") && File.Exists("/usr/lib/dovecot/pop3");
        Lacking.SkipOrFail(isThere && IsRoot ? null : "Dovecot, and the right to start it (Debian, as root: apt-get install dovecot-imapd dovecot-pop3d)");
        return Shared.Value;
    }

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    private static async Task<Dovecot> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("feeds-dovecot-").FullName;
        var mail = Directory.CreateDirectory(Path.Combine(folder, "mail"));
        // It looks after mails as nobody, never as root.
        await RunAsync("/bin/chmod", "711", folder);
        await RunAsync("/bin/chown", "nobody", mail.FullName);
        var ports = new Ports(FreePort(), FreePort(), FreePort(), FreePort());
        using var certificate = SmtpCertificate.Make();
        using var key = certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder, "key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder, "dovecot.conf"), string.Create(CultureInfo.InvariantCulture, $$"""
            base_dir = {{folder}}/run
            state_dir = {{folder}}/state
            log_path = {{folder}}/log
            protocols = imap pop3
            listen = 127.0.0.1
            ssl = yes
            ssl_cert = <{{folder}}/certificate
            ssl_key = <{{folder}}/key
            disable_plaintext_auth = no
            auth_failure_delay = 0
            mail_fsync = never
            mail_location = maildir:{{folder}}/mail/%u
            namespace inbox {
              inbox = yes
            }
            passdb {
              driver = static
              args = password={{Password}}
            }
            userdb {
              driver = static
              args = uid=nobody gid=nogroup home={{folder}}/mail/%u allow_all_users=yes
            }
            service imap-login {
              inet_listener imap {
                port = {{ports.Imap}}
              }
              inet_listener imaps {
                port = {{ports.Imaps}}
                ssl = yes
              }
            }
            service pop3-login {
              inet_listener pop3 {
                port = {{ports.Pop3}}
              }
              inet_listener pop3s {
                port = {{ports.Pop3s}}
                ssl = yes
              }
            }
            """));
        // The pipe ends when this process does, however that is; then the server ends, and its folder goes.
        // It keeps what it inherits open: give it files of its own.
        const string Guard = "exec >/dev/null 2>&1; \"$1\" -F -c \"$2/dovecot.conf\" </dev/null & cat; kill $!; wait $!; rm -rf \"$2\"";
        var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Guard, "sh", Program, folder]) { UseShellExecute = false, RedirectStandardInput = true })!;
        await Eventually.TrueAsync(() => ListensAsync(ports.Imap), () => $"Dovecot listens: {(File.Exists($"{folder}/log") ? File.ReadAllText($"{folder}/log") : "no log")}");
        await Eventually.TrueAsync(() => ListensAsync(ports.Pop3), () => "Dovecot listens for POP3.");
        return new Dovecot(ports, mail.FullName, process);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
        }
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Ports(int Imap, int Imaps, int Pop3, int Pop3s);
}
