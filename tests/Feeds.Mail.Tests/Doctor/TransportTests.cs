using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Feeds.Testing.Dns;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>MTA-STS as those see it who send to a domain, over DNS and HTTPS; and TLS-RPT.</summary>
public sealed class TransportTests
{
    private const string Policy = "version: STSv1\r\nmode: enforce\r\nmx: mx.example.org\r\nmax_age: 604800\r\n";

    [Fact]
    public async Task A_policy_that_its_host_serves_and_that_names_the_exchanger_passes()
    {
        await using var site = new PolicySite();

        var finding = await site.InsistAsync();

        Assert.Equal(MailVerdict.Pass, finding.Verdict);
        Assert.Equal(["mta-sts.example.org:443"], site.Connected, StringComparer.Ordinal);
        Assert.Equal("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.example.org", Assert.Single(site.Asked));
    }

    [Fact]
    public async Task A_policy_that_does_not_name_an_exchanger_fails_with_the_line_to_add()
    {
        await using var site = new PolicySite();
        site.Dns.Exchanger("example.org", "backup.example.net");

        var finding = await site.InsistAsync();

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains("add a line “mx: backup.example.net”", finding.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("404 Not Found", "")]
    [InlineData("302 Found", "Location: https://elsewhere.example/mta-sts.txt\r\n")]
    [InlineData("301 Moved Permanently", "Location: https://mta-sts.example.org/policy\r\n")]
    public async Task Another_answer_than_the_policy_is_none_and_no_redirect_is_followed(string status, string header)
    {
        await using var site = new PolicySite { Status = status, Header = header };

        var finding = await site.InsistAsync();

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains("doesn't give it", finding.Sentence, StringComparison.Ordinal);
        Assert.Single(site.Asked);
    }

    [Fact]
    public async Task A_policy_without_end_or_under_a_certificate_that_nobody_vouches_for_is_none()
    {
        await using var endless = new PolicySite { Body = Policy + new string('x', 64 * 1024) };
        await using var unknown = new PolicySite { IsTrusted = false };

        foreach (var site in new[] { endless, unknown })
        {
            var finding = await site.InsistAsync();
            Assert.Equal(MailVerdict.Fail, finding.Verdict);
            Assert.Contains("doesn't give it", finding.Sentence, StringComparison.Ordinal);
        }

        Assert.Empty(unknown.Asked);
    }

    [Theory]
    [InlineData("v=STSv1; id=1", "v=STSv1; id=2")]
    [InlineData("v=STSv1; id=2026-11-23")]
    [InlineData("v=STSv1; id=012345678901234567890123456789012")]
    [InlineData("v=STSv1")]
    public async Task A_record_that_senders_ignore_fails_before_the_policy_is_asked_for(params string[] records)
    {
        await using var site = new PolicySite(records);

        var finding = await site.InsistAsync();

        Assert.Equal(MailVerdict.Fail, finding.Verdict);
        Assert.Contains("senders ignore it", finding.Sentence, StringComparison.Ordinal);
        Assert.Empty(site.Connected);
    }

    [Theory]
    [InlineData(MailVerdict.Pass, "v=TLSRPTv1;rua=mailto:tls@example.org")]
    [InlineData(MailVerdict.Pass, "v=TLSRPTv1; rua=mailto:tls@example.org, https://example.org/tls", "another text")]
    [InlineData(MailVerdict.Fail, "v=TLSRPTv1; rua=mailto:tls@example.org,http://example.org/tls")]
    [InlineData(MailVerdict.Fail, "v=TLSRPTv1")]
    [InlineData(MailVerdict.Fail, "v=TLSRPTv1; rua=mailto:a@example.org", "v=TLSRPTv1; rua=mailto:b@example.org")]
    [InlineData(MailVerdict.Advice, "another text")]
    public async Task Reports_are_asked_for_by_one_record_with_addresses_to_send_them_to(MailVerdict verdict, params string[] records)
    {
        await using var dns = ZoneServer.Start([.. records.Select(record => ("_smtp._tls.example.org", record))]);
        using var web = TransportCheck.Web();
        using var check = new TransportCheck(new NameService([dns.Address]), web);

        Assert.Equal(verdict, (await check.ReportAsync("example.org", default)).Verdict);
    }

    /// <summary>The domain's DNS, and a web server of its own that gives the same answer to everybody.</summary>
    private sealed class PolicySite : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate = SmtpCertificate.Make();
        private readonly Task serving;

        public PolicySite(params string[] records)
        {
            Dns = ZoneServer.Start([.. (records.Length > 0 ? records : ["v=STSv1; id=20261123"]).Select(record => ("_mta-sts.example.org", record))]);
            Dns.Exchanger("example.org", "mx.example.org");
            listener.Start();
            serving = ServeAsync();
        }

        public ZoneServer Dns { get; }

        public string Status { get; init; } = "200 OK";

        public string Header { get; init; } = "";

        public string Body { get; init; } = Policy;

        public bool IsTrusted { get; init; } = true;

        /// <summary>Whom the check wanted to reach.</summary>
        public ConcurrentQueue<string> Connected { get; } = new();

        /// <summary>The heads of what it asked for.</summary>
        public ConcurrentQueue<string> Asked { get; } = new();

        /// <summary>By the handler that the program has, but every name is this server's.</summary>
        public async Task<MailFinding> InsistAsync()
        {
            using var web = TransportCheck.Web();
            web.ConnectCallback = async (context, token) =>
            {
                Connected.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}"));
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(listener.LocalEndpoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            };
            if (IsTrusted)
            {
                web.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => string.Equals(shown?.GetCertHashString(), certificate.GetCertHashString(), StringComparison.Ordinal);
            }

            using var check = new TransportCheck(new NameService([Dns.Address]), web);
            return await check.InsistAsync("example.org", default);
        }

        public async ValueTask DisposeAsync()
        {
            listener.Dispose();
            await serving;
            await Dns.DisposeAsync();
            certificate.Dispose();
        }

        private async Task ServeAsync()
        {
            while (true)
            {
                try
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    await using var stream = new SslStream(client.GetStream());
                    await stream.AuthenticateAsServerAsync(certificate);
                    using var reader = new StreamReader(stream, Encoding.ASCII);
                    var head = "";
                    while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    {
                        head += (head.Length > 0 ? "\r\n" : "") + line;
                    }

                    if (head.Length > 0)
                    {
                        Asked.Enqueue(head);
                        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status}\r\n{Header}Content-Type: text/plain\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}")));
                    }
                }
                catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    return;
                }
                catch (Exception gone) when (gone is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client doesn't trust us, or has read enough.
                }
            }
        }
    }
}
