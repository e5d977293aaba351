using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Feeds.Mail;

/// <summary>Opens connections to the SMTP server: TCP, TLS, EHLO, AUTH.</summary>
internal sealed class SmtpCarrier(SmtpOptions smtp, TimeProvider clock) : ICarrier
{
    private static readonly TimeSpan TcpPatience = TimeSpan.FromSeconds(30);

    // RFC 5321 §4.5.3.2.1 asks for five minutes until the greeting; that is for all up to AUTH here.
    private static readonly TimeSpan OpeningPatience = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name { get; } = smtp.Called;

    /// <inheritdoc/>
    public int Connections => smtp.Connections;

    /// <summary>Decides about the server's certificate instead of the machine's trusted authorities; for tests.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; set; }

    /// <inheritdoc/>
    public async Task<CarrierOpening> OpenAsync(CancellationToken cancellationToken)
    {
        var stage = new WireStage();
        var client = new SmtpClient(stage)
        {
            Timeout = (int)SmtpConnection.ReplyPatience.TotalMilliseconds,
            // Revocation lists are fetched over the network by us; mail servers don't do that to each other either.
            CheckCertificateRevocation = false,
            ServerCertificateValidationCallback = Trust,
        };
        using var patience = new CancellationTokenSource(OpeningPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var socket = await ConnectAsync(either.Token);
            await client.ConnectAsync(socket, smtp.Host, smtp.Port, Options(smtp.Security), either.Token);
            if (smtp.Username is { } username)
            {
                KeepPasswordMechanisms(client);
                await client.AuthenticateAsync(username, await SmtpPassword.ReadAsync(smtp, either.Token), either.Token);
            }

            return new CarrierOpening(new SmtpConnection(client, stage, smtp, clock), null);
        }
        catch (Exception refused) when (!cancellationToken.IsCancellationRequested)
        {
            client.Dispose();
            return new CarrierOpening(null, SmtpTrouble.Describe(refused, smtp));
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Leaves out what needs a token that the server's own scheme issues, never a password.</summary>
    internal static void KeepPasswordMechanisms(SmtpClient client)
    {
        client.AuthenticationMechanisms.Remove("XOAUTH2");
        client.AuthenticationMechanisms.Remove("OAUTHBEARER");
    }

    /// <summary>As the library names it.</summary>
    internal static SecureSocketOptions Options(SmtpSecurity security) => security switch
    {
        SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
        SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in await Dns.GetHostAddressesAsync(smtp.Host, cancellationToken))
        {
            // Without it, every message waits for the other side's delayed acknowledgement (measured: 22 instead of 790 a second).
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = new CancellationTokenSource(TcpPatience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, smtp.Port), either.Token);
                return socket;
            }
            catch (Exception refused) when (refused is SocketException || (refused is OperationCanceledException && !cancellationToken.IsCancellationRequested))
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

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }
}
