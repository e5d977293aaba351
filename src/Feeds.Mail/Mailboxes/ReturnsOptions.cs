namespace Feeds.Mail;

/// <summary>Where what comes back is read from.</summary>
public enum ReturnsKind
{
    /// <summary>Nowhere: it is handed in by <c>feeds bounce</c>, or not at all.</summary>
    None,

    /// <summary>A mailbox by IMAP (RFC 3501, RFC 9051).</summary>
    Imap,

    /// <summary>A mailbox by POP3 (RFC 1939).</summary>
    Pop3,

    /// <summary>A Maildir on this machine.</summary>
    Maildir,
}

/// <summary>
/// Section <c>Mail:Returns</c> of the configuration: a mailbox for what comes back, and for nothing else. What has had its effect
/// is deleted there; what a person has to look at is kept.
/// </summary>
public sealed class ReturnsOptions
{
    /// <summary><c>none</c> unless set; all else needs <see cref="MailOptions.BounceAddress"/>.</summary>
    public ReturnsKind Kind { get; set; } = ReturnsKind.None;

    /// <summary>Name or address of the IMAP or POP3 server.</summary>
    public string Host { get; set; } = "";

    /// <summary>1–65535; by default 993 (IMAP) or 995 (POP3) with <c>Tls</c>, else 143 or 110.</summary>
    public int? Port { get; set; }

    /// <summary><c>Tls</c> by default; <c>None</c> only for a server on this machine.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.Tls;

    /// <summary>For the login.</summary>
    public string Username { get; set; } = "";

    /// <summary>A file whose first line is the password of <see cref="Username"/>; read at each login.</summary>
    public string PasswordFile { get; set; } = "";

    /// <summary>The IMAP folder; <c>INBOX</c> by default.</summary>
    public string Folder { get; set; } = "INBOX";

    /// <summary>The Maildir: the folder that holds <c>new</c> and <c>cur</c>. No other program may read its <c>new</c>.</summary>
    public string Path { get; set; } = "";

    /// <summary><see cref="Port"/>, or what is usual.</summary>
    internal int PortInForce => Port ?? (Kind, Security) switch
    {
        (ReturnsKind.Imap, SmtpSecurity.Tls) => 993,
        (ReturnsKind.Imap, _) => 143,
        (_, SmtpSecurity.Tls) => 995,
        _ => 110,
    };
}
