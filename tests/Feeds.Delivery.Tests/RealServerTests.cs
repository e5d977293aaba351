using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Feeds.Storage;
using Feeds.Testing.Smtp;

namespace Feeds.Delivery.Tests;

/// <summary>Programs of others at the other end of the line.</summary>
public sealed class RealServerTests
{
    private const int Audience = 100;

    // Wants STARTTLS and AUTH before anything else, and keeps each mail in a file.
    private const string AioSmtpServer = """
        import asyncio, os, ssl, sys
        from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
        folder, certificate, key, password = sys.argv[1:]
        class Keeper:
            count = 0
            async def handle_DATA(self, server, session, envelope):
                Keeper.count += 1
                with open(os.path.join(folder, str(Keeper.count)), 'wb') as file:
                    file.write(b'X-Rcpt-Args: <%s>\r\n' % envelope.rcpt_tos[0].encode() + envelope.content)
                return '250 2.0.0 kept'
        def authenticate(server, session, envelope, mechanism, data):
            return AuthResult(success=isinstance(data, LoginPassword) and (data.login, data.password) == (b'atelier', password.encode()))
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate, key)
        def session():
            return SMTP(Keeper(), hostname='localhost', tls_context=tls, require_starttls=True, authenticator=authenticate, auth_required=True)
        async def main():
            server = await asyncio.get_running_loop().create_server(session, '127.0.0.1', 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
        asyncio.run(main())
        """;

    [SkippableFact]
    public async Task Postfix_relays_every_mail_once_with_its_signature_whole()
    {
        using var folder = new TestFolder();
        using var key = new SigningKey();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.PostgreSql);
        await using var postfix = await PostfixRelay.StartAsync();
        await using var edition = await PreparedEdition.CreateAsync(database.ConnectionString, Audience);

        await using var program = ProgramProcess.Start(folder.Path, edition.Run(postfix.Port, 4, key.Settings));
        Assert.Equal(0, await program.WaitForEndAsync(TimeSpan.FromMinutes(4)));
        Assert.Empty(await edition.MissedAsync());
        await Eventually.TrueAsync(() => postfix.Relayed >= Audience, () => postfix.Log);

        var mails = postfix.Mails();
        Assert.Equal(Audience, mails.Count);
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync([.. mails.Select(mail => mail.Entry)]));
        Assert.Equal(Audience, await key.CountGoodAsync(mails));
    }

    [SkippableFact]
    public async Task Aiosmtpd_takes_every_mail_once_over_STARTTLS_and_after_AUTH()
    {
        using var folder = new TestFolder();
        using var key = new SigningKey();
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        using var certificate = SmtpCertificate.Make();
        using var privateKey = certificate.GetECDsaPrivateKey()!;
        Directory.CreateDirectory(folder["mails"]);
        await using var server = await OtherProgram.StartPythonAsync(
            "aiosmtpd", AioSmtpServer, folder["mails"], folder.Write("certificate.pem", certificate.ExportCertificatePem()), folder.Write("key.pem", privateKey.ExportPkcs8PrivateKeyPem()), "korrekt pferd");
        var port = int.Parse(await server.ReadLineAsync(), CultureInfo.InvariantCulture);
        await using var edition = await PreparedEdition.CreateAsync(database.ConnectionString, Audience);
        folder.Write("password", "korrekt pferd\n");
        var run = edition.Run(port, 4, [.. key.Settings, "--Mail:Smtp:Security=StartTls", "--Mail:Smtp:Username=atelier", $"--Mail:Smtp:PasswordFile={folder["password"]}"]);

        // The certificate is its own authority: known to this process alone.
        var (exitCode, output, errors) = await ProgramProcess.RunAsync(
            folder.Path, new Dictionary<string, string>(StringComparer.Ordinal) { ["SSL_CERT_FILE"] = folder["certificate.pem"] }, run);
        Assert.True(exitCode == 0, output + errors);

        var mails = ReceivedMail.ReadAll(folder["mails"]);
        Assert.Equal(Audience, mails.Count);
        Assert.Equal(0, await edition.AssertLedgersAgreeAsync([.. mails.Select(mail => mail.Entry)]));
        Assert.Equal(Audience, await key.CountGoodAsync(mails));
    }
}
