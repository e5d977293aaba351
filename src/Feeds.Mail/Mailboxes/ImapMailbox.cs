using System.Net.Security;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;

namespace Feeds.Mail;

/// <summary>
/// A mailbox by IMAP. What had its effect is deleted; what a person has to look at is moved to the folder Feeds-aside. The
/// server tells when something comes where it offers IDLE (RFC 2177), else it is asked every minute.
/// </summary>
/// <remarks>
/// The folder is opened anew at each look, and no message number is kept from one look to the next: when the server
/// numbers its messages anew (UIDVALIDITY, RFC 3501 §2.3.1.1), nothing is deleted by a number of before.
/// </remarks>
internal sealed class ImapMailbox(ReturnsOptions options, TimeProvider clock) : IReturnsMailbox
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Below ten minutes, after which routers forget a silent connection; RFC 2177 asks for 29 at most.
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(9);

    private const int LongestMail = 1 << 20;

    private ImapClient? client;
    private IMailFolder? folder;
    private CancellationTokenSource arrived = new();

    /// <summary>Decides about the server's certificate instead of the machine's trusted authorities; for tests.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; set; }

    /// <inheritdoc/>
    public async Task<int> ReadAsync(TakeMail take, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadOnceAsync(take, cancellationToken);
        }
        catch
        {
            // Whatever happened: the next look begins with a connection whose state is known.
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (client is not { IsConnected: true } open || !open.Capabilities.HasFlag(ImapCapabilities.Idle))
        {
            await Task.Delay(Pause, clock, cancellationToken);
            return;
        }

        using var enough = new CancellationTokenSource(LongestIdle, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, arrived.Token);
        try
        {
            await open.IdleAsync(either.Token, cancellationToken);
        }
        catch (Exception ended) when (ended is IOException or CommandException or ProtocolException)
        {
            // The next look opens another connection, and says what is wrong where it can't.
            Close();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Close();
        arrived.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<int> ReadOnceAsync(TakeMail take, CancellationToken cancellationToken)
    {
        var inbox = await OpenAsync(cancellationToken);
        var read = 0;
        var done = new List<UniqueId>();
        // Also what is marked as deleted: a look that was cut off left it behind.
        foreach (var mail in (await inbox.SearchAsync(SearchQuery.All, cancellationToken)).Take(IReturnsMailbox.AtOnce))
        {
            try
            {
                await using var content = await inbox.GetStreamAsync(mail, 0, LongestMail, cancellationToken);
                var outcome = await take(content, cancellationToken);
                read++;
                if (outcome == ReturnOutcome.Aside)
                {
                    await inbox.MoveToAsync(mail, await AsideAsync(cancellationToken), cancellationToken);
                }
                else if (outcome is not null)
                {
                    await inbox.AddFlagsAsync(mail, MessageFlags.Deleted, silent: true, cancellationToken);
                    done.Add(mail);
                }
            }
            catch (MessageNotFoundException)
            {
                // Another process was faster.
            }
        }

        if (done.Count > 0)
        {
            await inbox.ExpungeAsync(done, cancellationToken);
        }

        return read;
    }

    private async Task<IMailFolder> OpenAsync(CancellationToken cancellationToken)
    {
        if (client is not { IsConnected: true, IsAuthenticated: true })
        {
            Close();
            client = new ImapClient { CheckCertificateRevocation = false, ServerCertificateValidationCallback = Trust };
            await MailboxLogin.OpenAsync(client, options, cancellationToken);
            folder = await client.GetFolderAsync(options.Folder, cancellationToken);
            folder.CountChanged += (_, _) => arrived.Cancel();
        }
        else if (folder!.IsOpen)
        {
            await folder.CloseAsync(expunge: false, cancellationToken);
        }

        await folder!.OpenAsync(FolderAccess.ReadWrite, cancellationToken);
        // What comes from here on is not sure to be among what is found now.
        if (arrived.IsCancellationRequested)
        {
            arrived.Dispose();
            arrived = new CancellationTokenSource();
        }

        return folder;
    }

    private async Task<IMailFolder> AsideAsync(CancellationToken cancellationToken)
    {
        var top = client!.GetFolder(client.PersonalNamespaces[0]);
        try
        {
            return await top.GetSubfolderAsync(MailboxFolders.Aside, cancellationToken);
        }
        catch (FolderNotFoundException)
        {
            return await top.CreateAsync(MailboxFolders.Aside, isMessageFolder: true, cancellationToken)
                ?? throw new FolderNotFoundException(MailboxFolders.Aside);
        }
    }

    private void Close()
    {
        client?.Dispose();
        (client, folder) = (null, null);
    }
}
