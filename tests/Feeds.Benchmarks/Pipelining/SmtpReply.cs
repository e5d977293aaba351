namespace Feeds.Benchmarks.Pipelining;

/// <summary>A server's reply (RFC 5321 §4.2), its lines joined by blanks.</summary>
/// <param name="Code">200–599.</param>
/// <param name="Text">Without the codes; of each line at most 2 KB.</param>
/// <param name="Lines">The same, line by line: what EHLO offers.</param>
internal sealed record SmtpReply(int Code, string Text, IReadOnlyList<string> Lines)
{
    /// <summary>Done.</summary>
    public bool IsPositive => Code is >= 200 and < 300;

    /// <summary>Go on: DATA waits for the text.</summary>
    public bool IsIntermediate => Code is >= 300 and < 400;
}

/// <summary>What the server says is no SMTP; the connection is of no more use.</summary>
internal sealed class SmtpProtocolException(string message) : Exception(message);
