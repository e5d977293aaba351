using MailKit;

namespace Feeds.Mail;

/// <summary>
/// Sees how far a message got on the wire, which decides whether a broken connection leaves a doubt. It is MailKit's
/// protocol logger because that sees the bytes after they were handed to the socket; it logs nothing and keeps no more than five bytes.
/// </summary>
internal sealed class WireStage : IProtocolLogger
{
    // A dot alone on a line ends the message; within it, it would be doubled (RFC 5321 §4.5.2).
    private readonly byte[] tail = new byte[5];
    private bool dataAsked;
    private bool bodyWritten;

    /// <inheritdoc/>
    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    /// <summary>Whether the server said anything since <see cref="Begin"/>.</summary>
    public bool Answered { get; private set; }

    /// <summary>Whether DATA was asked for since <see cref="Begin"/>.</summary>
    public bool DataAsked => dataAsked;

    /// <summary>Whether the final dot was handed to the socket.</summary>
    public bool DotHanded { get; private set; }

    /// <summary>Whether all before the final dot was handed to the connection, and the dot itself may have been.</summary>
    public bool DotPossible => bodyWritten;

    /// <summary>A new message begins.</summary>
    public void Begin() => (Answered, dataAsked, bodyWritten, DotHanded) = (false, false, false, false);

    /// <summary>The message's body was written; what follows is the dot.</summary>
    public void BodyWritten() => bodyWritten = true;

    /// <inheritdoc/>
    public void LogConnect(Uri uri)
    {
    }

    /// <inheritdoc/>
    public void LogClient(byte[] buffer, int offset, int count)
    {
        var sent = buffer.AsSpan(offset, count);
        // MailKit flushes this command on its own, but writes the dot together with the end of the body, or cut anywhere.
        dataAsked |= sent.SequenceEqual("DATA\r\n"u8);
        var kept = Math.Max(0, tail.Length - sent.Length);
        tail.AsSpan(tail.Length - kept).CopyTo(tail);
        sent[^(tail.Length - kept)..].CopyTo(tail.AsSpan(kept));
        DotHanded |= bodyWritten && tail.AsSpan().SequenceEqual("\r\n.\r\n"u8);
    }

    /// <inheritdoc/>
    public void LogServer(byte[] buffer, int offset, int count) => Answered = true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
