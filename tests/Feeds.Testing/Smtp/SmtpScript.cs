namespace Feeds.Testing.Smtp;

/// <summary>What a <see cref="ScriptedSmtpServer"/> does instead of answering.</summary>
public enum SmtpFault
{
    /// <summary>Ends the connection (RST) when about a kilobyte of the message has come in.</summary>
    DropInData,

    /// <summary>Ends the connection after the final dot, having taken the message into its ledger.</summary>
    DropAfterDotKeeping,

    /// <summary>Ends the connection after the final dot and forgets the message.</summary>
    DropAfterDotForgetting,

    /// <summary>Ends the connection when RCPT comes in.</summary>
    DropAtRcpt,
}

/// <summary>How a <see cref="ScriptedSmtpServer"/> behaves. May be changed while it runs.</summary>
public sealed class SmtpScript
{
    /// <summary>The greeting.</summary>
    public string Banner { get; set; } = "220 test.invalid ESMTP";

    /// <summary>Extensions announced after EHLO, beside STARTTLS and AUTH.</summary>
    public IReadOnlyList<string> Extensions { get; set; } = ["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "SIZE 50000000"];

    /// <summary>Whether STARTTLS is offered; the certificate is the server's own.</summary>
    public bool StartTls { get; set; }

    /// <summary>Whether TLS begins with the first byte.</summary>
    public bool ImplicitTls { get; set; }

    /// <summary>User name and password that AUTH PLAIN and LOGIN take; without it AUTH is not offered, with it MAIL wants it.</summary>
    public (string Username, string Password)? Login { get; set; }

    /// <summary>Answer to EHLO; null greets.</summary>
    public string? Ehlo { get; set; }

    /// <summary>Written in clear behind the answer to STARTTLS, as somebody on the way would.</summary>
    public string Injected { get; set; } = "";

    /// <summary>Answer to STARTTLS instead of TLS; null goes on.</summary>
    public string? StartTlsRefusal { get; set; }

    /// <summary>Written instead of the server's part of the TLS handshake, whereupon the connection ends; null goes on.</summary>
    public byte[]? HandshakeBegun { get; set; }

    /// <summary>Whether AUTH is offered before TLS too, as a server does that is badly set up.</summary>
    public bool LoginInClear { get; set; }

    /// <summary>Answer to RSET, which then resets nothing; null resets.</summary>
    public string? Rset { get; set; }

    /// <summary>Called before each byte of an answer, which then goes out on its own; null writes answers whole.</summary>
    public Action? BeforeByte { get; set; }

    /// <summary>Answer to AUTH; null looks at <see cref="Login"/>.</summary>
    public string? Auth { get; set; }

    /// <summary>Answer to DATA; null and what begins with 3 go on.</summary>
    public Func<string, string?> Data { get; set; } = _ => null;

    /// <summary>Text of the answer to the final dot; null says that it was taken.</summary>
    public Func<string, string?> Taken { get; set; } = _ => null;

    /// <summary>How long each message's acceptance takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Ends each connection with 421 after so many messages.</summary>
    public int? MessagesPerConnection { get; set; }

    /// <summary>Answer to MAIL; null and what begins with 2 accept.</summary>
    public Func<string, string?> Mail { get; set; } = _ => null;

    /// <summary>Answer to RCPT by address; null and what begins with 2 accept.</summary>
    public Func<string, string?> Rcpt { get; set; } = _ => null;

    /// <summary>Answer to the final dot by address, the ledger untouched; null accepts.</summary>
    public Func<string, string?> Dot { get; set; } = _ => null;

    /// <summary>What goes wrong by address, asked once a message; null nothing.</summary>
    public Func<string, SmtpFault?> Fault { get; set; } = _ => null;

    /// <summary>Awaited when a connection is taken, before a word is said over it.</summary>
    public Func<Task> BeforeGreeting { get; set; } = () => Task.CompletedTask;

    /// <summary>Awaited before the answer to the final dot, with the address; the message is in the ledger already.</summary>
    public Func<string, Task> BeforeAnswer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Writes an answer at the pace that <see cref="BeforeByte"/> sets.</summary>
    internal async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        while (BeforeByte is { } before && !answer.IsEmpty)
        {
            before();
            await stream.WriteAsync(answer[..1], cancellationToken);
            answer = answer[1..];
        }

        await stream.WriteAsync(answer, cancellationToken);
    }

    /// <summary>Asks <paramref name="then"/> the first time an address is seen, nothing afterwards.</summary>
    public static Func<string, T?> Once<T>(Func<string, T?> then)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return address =>
        {
            lock (seen)
            {
                return then(address) is { } once && seen.Add(address) ? once : default;
            }
        };
    }
}

/// <summary>A message that a server took responsibility for.</summary>
/// <param name="From">Of the envelope.</param>
/// <param name="To">Of the envelope.</param>
/// <param name="Bytes">As sent, without dot-stuffing and the final dot.</param>
/// <param name="Connection">Number of the connection it came over, from 1.</param>
public sealed record AcceptedMessage(string From, string To, ReadOnlyMemory<byte> Bytes, int Connection)
{
    /// <summary>The Message-ID header's value without brackets.</summary>
    public string MessageId { get; } = FindMessageId(Bytes.Span);

    /// <summary>The same of any message.</summary>
    public static string FindMessageId(ReadOnlySpan<byte> bytes)
    {
        var text = System.Text.Encoding.Latin1.GetString(bytes);
        var from = text.IndexOf("\nMessage-ID: <", StringComparison.OrdinalIgnoreCase);
        var start = text.IndexOf('<', from + 1) + 1;
        return from < 0 ? "" : text[start..text.IndexOf('>', start)];
    }
}
