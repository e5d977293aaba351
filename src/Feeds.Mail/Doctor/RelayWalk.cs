using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using MailKit;
using MailKit.Net.Smtp;

namespace Feeds.Mail;

/// <summary>
/// The way to the SMTP server, one step after the other as a message would go it, up to MAIL FROM. Nothing is sent: RSET
/// and QUIT follow. The carrier goes the same way in one stride, too coarse to say where it stumbled.
/// </summary>
internal sealed class RelayWalk(SmtpOptions smtp, RemoteCertificateValidationCallback? trust, TimeProvider clock)
{
    /// <summary>A server may take five minutes for a reply (RFC 5321 §4.5.3.2); a person who waits at the console doesn't.</summary>
    public static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(20);

    /// <summary>The server's addresses, known after the first step.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; private set; } = [];

    private string Place { get; } = string.Create(CultureInfo.InvariantCulture, $"{smtp.Host}, port {smtp.Port}");

    /// <summary>The findings up to the first fail.</summary>
    /// <param name="sender">What MAIL FROM is to name.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<MailFinding> GoAsync(string sender, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var certificate = new ServerCertificate(smtp, trust, clock);
        using var client = new ProbingClient
        {
            Timeout = (int)StepPatience.TotalMilliseconds,
            CheckCertificateRevocation = false,
            ServerCertificateValidationCallback = certificate.Judge,
        };
        Socket? socket = null;
        (string Name, Func<CancellationToken, Task<MailFinding>> Take)[] steps =
        [
            ("DNS of the relay", FindAsync),
            ("TCP", async token =>
            {
                (socket, var address) = await ConnectAsync(token);
                return MailFinding.Pass("TCP", $"{Place} takes connections at {address}.");
            }),
            ("TLS", async token =>
            {
                await client.ConnectAsync(socket!, smtp.Host, smtp.Port, SmtpCarrier.Options(smtp.Security), token);
                return certificate.Describe(Addresses);
            }),
            ("AUTH", token => LogInAsync(client, token)),
            ("MAIL FROM", token => NameSenderAsync(client, sender, token)),
        ];
        try
        {
            foreach (var (name, take) in steps)
            {
                var found = await StepAsync(name, take, certificate, cancellationToken);
                yield return found;
                if (found.Verdict == MailVerdict.Fail)
                {
                    yield break;
                }
            }
        }
        finally
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
            await client.LeaveAsync(patience.Token);
            socket?.Dispose();
        }
    }

    private async Task<MailFinding> StepAsync(string name, Func<CancellationToken, Task<MailFinding>> take, ServerCertificate certificate, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(StepPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await take(either.Token);
        }
        catch (MailKit.Security.SslHandshakeException) when (certificate.Refusal is { } refusal)
        {
            return MailFinding.Fail(name, refusal);
        }
        catch (Exception refused) when (!cancellationToken.IsCancellationRequested)
        {
            var sentence = SmtpTrouble.Describe(refused, smtp);
            return MailFinding.Fail(name, refused is OperationCanceledException or TimeoutException
                ? string.Create(CultureInfo.InvariantCulture, $"{sentence} {StepPatience.TotalSeconds} seconds are waited for here, and five minutes when mail is sent: a slow server may be in order.")
                : sentence);
        }
    }

    private async Task<MailFinding> FindAsync(CancellationToken cancellationToken)
    {
        Addresses = await Dns.GetHostAddressesAsync(smtp.Host, cancellationToken);
        return Addresses.Count == 0
            ? MailFinding.Fail("DNS of the relay", SmtpTrouble.Describe(new SocketException((int)SocketError.HostNotFound), smtp))
            : MailFinding.Pass("DNS of the relay", $"{smtp.Host} is {string.Join(", ", Addresses.Take(8))}.");
    }

    private async Task<(Socket Socket, IPAddress Address)> ConnectAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in Addresses.Take(8))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, smtp.Port), cancellationToken);
                return (socket, address);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                last = refused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }

    private async Task<MailFinding> LogInAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        if (smtp.Username is not { } username)
        {
            return MailFinding.Pass("AUTH", $"{smtp.Section}:Username is unset, so there is no login.");
        }

        SmtpCarrier.KeepPasswordMechanisms(client);
        await client.AuthenticateAsync(username, await SmtpPassword.ReadAsync(smtp, cancellationToken), cancellationToken);
        return MailFinding.Pass("AUTH", $"{Place} takes {smtp.Section}:Username with its password.");
    }

    private async Task<MailFinding> NameSenderAsync(ProbingClient client, string sender, CancellationToken cancellationToken)
    {
        var domain = sender[(sender.LastIndexOf('@') + 1)..];
        var reply = await client.NameSenderAsync(sender, cancellationToken);
        var code = (int)reply.StatusCode;
        var text = string.Create(CultureInfo.InvariantCulture, $"{code} {ReplyText.WithoutAddresses(reply.Response)}");
        return code switch
        {
            250 => MailFinding.Pass("MAIL FROM", $"{Place} takes mail from an envelope's sender at {domain}; nothing was sent."),
            >= 400 and < 500 => MailFinding.Fail("MAIL FROM", $"{Place} doesn't take mail from an envelope's sender at {domain} for now ({text}); try again later, and ask who runs it if it stays so."),
            530 or 538 => MailFinding.Fail("MAIL FROM", SmtpTrouble.Describe(new ServiceNotAuthenticatedException(), smtp)),
            _ => MailFinding.Fail("MAIL FROM", $"{Place} doesn't take mail from an envelope's sender at {domain} ({text}); write an address that it may send for in Mail:BounceAddress, or where that is unset in Mail:From."),
        };
    }

    /// <summary>Gives a command of its own to the server, which the library's client doesn't offer to strangers.</summary>
    private sealed class ProbingClient : SmtpClient
    {
        public async Task<SmtpResponse> NameSenderAsync(string sender, CancellationToken cancellationToken)
        {
            var reply = await SendCommandAsync($"MAIL FROM:<{sender}>", cancellationToken);
            if ((int)reply.StatusCode == 250)
            {
                await SendCommandAsync("RSET", cancellationToken);
            }

            return reply;
        }

        /// <summary>QUIT, if there is somebody to say it to.</summary>
        public async Task LeaveAsync(CancellationToken cancellationToken)
        {
            try
            {
                await DisconnectAsync(quit: true, cancellationToken);
            }
            catch (Exception ended) when (ended is IOException or OperationCanceledException or TimeoutException or CommandException or ProtocolException or InvalidOperationException)
            {
                // All that was to be known is known.
            }
        }
    }
}
