using System.Text;

namespace Feeds.Testing.Smtp;

/// <summary>
/// What a server accepted, in order. Each line of its file (address, blank, Message-ID) is the machine's before the client hears
/// of it, so the ledger outlives whatever is killed, the server too: one that is started with the file of another goes on in it.
/// </summary>
public sealed class SmtpLedger : IDisposable
{
    private readonly List<AcceptedMessage> messages = [];
    private readonly TestFolder? own;
    private readonly string path;
    private readonly FileStream file;

    /// <param name="path">Where to append; null is a file of its own, which goes with it.</param>
    public SmtpLedger(string? path = null)
    {
        own = path is null ? new TestFolder() : null;
        this.path = path ?? own!["ledger"];
        file = new FileStream(this.path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>All that this server has accepted so far, whole.</summary>
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

    /// <summary>All that the file has: what the judge goes by.</summary>
    public IReadOnlyList<LedgerEntry> Entries
    {
        get
        {
            lock (messages)
            {
                return [.. File.ReadLines(path).Select(line => new LedgerEntry(line.Split(' ')[0], line.Split(' ')[1]))];
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        own?.Dispose();
    }

    internal void Add(AcceptedMessage message)
    {
        lock (messages)
        {
            file.Write(Encoding.UTF8.GetBytes($"{message.To} {message.MessageId}\n"));
            // What nobody else will ever read needs to outlive no power cut, for which each message would wait.
            file.Flush(flushToDisk: own is null);
            messages.Add(message);
        }
    }
}

/// <summary>A message in a server's ledger.</summary>
/// <param name="To">Of the envelope.</param>
/// <param name="MessageId">Without brackets.</param>
public sealed record LedgerEntry(string To, string MessageId);
