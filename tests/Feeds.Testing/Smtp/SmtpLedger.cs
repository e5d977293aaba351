using System.Text;

namespace Feeds.Testing.Smtp;

/// <summary>
/// What a server accepted, in order. With a file, each line (address, blank, Message-ID) is on disk before the client hears of it,
/// so the ledger outlives whatever is killed.
/// </summary>
public sealed class SmtpLedger : IDisposable
{
    private readonly List<AcceptedMessage> messages = [];
    private readonly FileStream? file;

    /// <param name="path">Where to append; null keeps it in memory only.</param>
    public SmtpLedger(string? path = null) =>
        file = path is null ? null : new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    /// <summary>All so far.</summary>
    public IReadOnlyList<AcceptedMessage> Messages
    {
        get
        {
            lock (messages)
            {
                return [.. messages];
            }
        }
    }

    /// <summary>The envelope's recipients, in order of acceptance; who is in it twice was written to twice.</summary>
    public IReadOnlyList<string> Recipients => [.. Messages.Select(message => message.To)];

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    internal void Add(AcceptedMessage message)
    {
        lock (messages)
        {
            if (file is not null)
            {
                file.Write(Encoding.UTF8.GetBytes($"{message.To} {message.MessageId}\n"));
                file.Flush(flushToDisk: true);
            }

            messages.Add(message);
        }
    }
}
