using System.Net.Security;
using MailKit;
using MailKit.Net.Pop3;

namespace Feeds.Mail;

/// <summary>
/// A mailbox by POP3. What had its effect is deleted, durably with QUIT (RFC 1939 §6); what a person has to look at stays, and
/// is not fetched again by this process.
/// </summary>
internal sealed class Pop3Mailbox(ReturnsOptions options, TimeProvider clock) : IReturnsMailbox
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // The header lines of a larger one tell enough, and it would be held in memory.
    private const int LargestMail = 8 << 20;

    private readonly HashSet<string> kept = new(StringComparer.Ordinal);

    /// <summary>Decides about the server's certificate instead of the machine's trusted authorities; for tests.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; set; }

    /// <inheritdoc/>
    public async Task<int> ReadAsync(TakeMail take, CancellationToken cancellationToken)
    {
        using var client = new Pop3Client { CheckCertificateRevocation = false, ServerCertificateValidationCallback = Trust };
        await MailboxLogin.OpenAsync(client, options, cancellationToken);
        var sizes = await client.GetMessageSizesAsync(cancellationToken);
        var names = client.Capabilities.HasFlag(Pop3Capabilities.UIDL) ? await client.GetMessageUidsAsync(cancellationToken) : [];
        kept.IntersectWith(names);
        var read = 0;
        for (var index = 0; index < sizes.Count && read < IReturnsMailbox.AtOnce; index++)
        {
            if (index < names.Count && kept.Contains(names[index]))
            {
                continue;
            }

            await using var mail = await client.GetStreamAsync(index, headersOnly: sizes[index] > LargestMail, cancellationToken);
            read++;
            var outcome = await take(mail, cancellationToken);
            if (outcome is not null and not ReturnOutcome.Aside)
            {
                await client.DeleteMessageAsync(index, cancellationToken);
            }
            else if (outcome == ReturnOutcome.Aside && index < names.Count)
            {
                kept.Add(names[index]);
            }
        }

        await client.DisconnectAsync(quit: true, cancellationToken);
        return read;
    }

    /// <inheritdoc/>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(Pause, clock, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
