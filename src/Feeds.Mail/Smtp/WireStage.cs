using MailKit;

namespace Feeds.Mail;

/// <summary>
/// Sees how far a message got on the wire, which decides whether a broken connection leaves a doubt. It is MailKit's
/// protocol logger because that sees the bytes after they were handed to the socket; it logs nothing and keeps nothing.
/// </summary>
internal sealed class WireStage : IProtocolLogger
{
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
        // MailKit writes each of these on its own.
        dataAsked |= sent.SequenceEqual("DATA\r\n"u8);
        DotHanded |= bodyWritten && sent.SequenceEqual(".\r\n"u8);
    }

    /// <inheritdoc/>
    public void LogServer(byte[] buffer, int offset, int count) => Answered = true;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
