using System.Globalization;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;

namespace Feeds.Mail.Tests.Mailboxes;

/// <summary>A mailbox of a real server, as its owner sees it.</summary>
internal sealed class RealMailbox : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly Dovecot server;
    private readonly string user = UniqueName.Next("user");

    private RealMailbox(Dovecot server) => this.server = server;

    public static async Task<RealMailbox> OpenAsync() => new(await Dovecot.GetAsync());

    /// <summary>What to write into the configuration to read it.</summary>
    public (string Key, string? Value)[] Settings(string kind, SmtpSecurity security = SmtpSecurity.None) =>
    [
        ("Mail:Returns:Kind", kind),
        ("Mail:Returns:Host", "localhost"),
        ("Mail:Returns:Port", ((kind is "imap", security is SmtpSecurity.Tls) switch { (true, false) => server.ImapPort, (true, true) => server.ImapsPort, (false, false) => server.Pop3Port, _ => server.Pop3sPort }).ToString(CultureInfo.InvariantCulture)),
        ("Mail:Returns:Security", security.ToString()),
        ("Mail:Returns:Username", user),
        ("Mail:Returns:PasswordFile", folder.Write("password", $"{Dovecot.Password}\n")),
    ];

    public async Task<T> UseAsync<T>(Func<ImapClient, Task<T>> use)
    {
        using var client = new ImapClient();
        await client.ConnectAsync("127.0.0.1", server.ImapPort, SecureSocketOptions.None);
        await client.AuthenticateAsync(user, Dovecot.Password);
        var result = await use(client);
        await client.DisconnectAsync(quit: true);
        return result;
    }

    public async Task AddAsync(IReadOnlyList<byte[]> mails, string name = "INBOX")
    {
        // Whoever logs in first has the mailbox made.
        await CountAsync(name);
        foreach (var mail in mails)
        {
            await server.DeliverAsync(user, name, mail);
        }
    }

    public Task CreateAsync(string name) => UseAsync(client => client.GetFolder(client.PersonalNamespaces[0]).CreateAsync(name, isMessageFolder: true));

    public Task DeleteAsync(string name) => UseAsync(async client =>
    {
        await (await client.GetFolderAsync(name)).DeleteAsync();
        return true;
    });

    /// <summary>How many mails are in a folder; none where it is lacking.</summary>
    public Task<int> CountAsync(string name = "INBOX") => UseAsync(async client =>
    {
        try
        {
            var found = await client.GetFolderAsync(name);
            await found.StatusAsync(StatusItems.Count);
            return found.Count;
        }
        catch (FolderNotFoundException)
        {
            return 0;
        }
    });

    public void Dispose() => folder.Dispose();
}
