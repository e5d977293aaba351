using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Feeds.Benchmarks.Delivery;

/// <summary>
/// A server that takes everything, for what <c>smtp-sink</c> of Postfix can't do: TLS, CHUNKING, and answers that take their
/// time. It runs as a process of its own.
/// </summary>
internal static class SmtpSink
{
    /// <summary>The verb under which the process is started: port, what it offers, and how long each answer takes.</summary>
    public const string OnceVerb = "sink-once";

    public const string CertificateName = "CN=localhost";

    public static IReadOnlyList<string> Command(int port, bool pipelining, bool chunking, TimeSpan delay) =>
        [Environment.ProcessPath!, OnceVerb, .. new[] { port, pipelining ? 1 : 0, chunking ? 1 : 0, (int)delay.TotalMilliseconds }.Select(number => number.ToString(CultureInfo.InvariantCulture))];

    public static async Task RunOnceAsync(IEnumerable<string> arguments)
    {
        var numbers = arguments.Select(argument => int.Parse(argument, CultureInfo.InvariantCulture)).ToList();
        using var certificate = Certificate();
        using var listener = new TcpListener(IPAddress.Loopback, numbers[0]);
        listener.Start(1000);
        while (true)
        {
            var client = await listener.AcceptSocketAsync();
            client.NoDelay = true;
            _ = Task.Run(() => ServeAsync(client, new SinkProtocol(numbers[1] == 1, numbers[2] == 1), certificate, TimeSpan.FromMilliseconds(numbers[3])));
        }
    }

    private static async Task ServeAsync(Socket client, SinkProtocol protocol, X509Certificate2 certificate, TimeSpan delay)
    {
        Stream stream = new NetworkStream(client, ownsSocket: true);
        try
        {
            var octets = new byte[64 * 1024];
            var answers = new StringBuilder("220 sink ESMTP\r\n");
            while (!protocol.IsOver)
            {
                if (answers.Length > 0)
                {
                    // What arrived together is answered together, after one delay: the delay is the way there and back.
                    if (delay > TimeSpan.Zero)
                    {
                        await Task.Delay(delay, TimeProvider.System);
                    }

                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answers.ToString()));
                    answers.Clear();
                }

                if (protocol.WantsTls)
                {
                    var secure = new SslStream(stream);
                    stream = secure;
                    await secure.AuthenticateAsServerAsync(certificate);
                    protocol.Secured();
                }

                var read = await stream.ReadAsync(octets);
                if (read == 0)
                {
                    return;
                }

                protocol.Take(octets.AsSpan(0, read), answers);
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(answers.ToString()));
        }
        catch (IOException)
        {
            // The client went without taking its leave.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(CertificateName, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
