namespace Feeds.Mail;

/// <summary>What becomes of a mail that is due.</summary>
public enum MailMode
{
    /// <summary>It is written as an <c>.eml</c> file into <see cref="MailOptions.PickupFolder"/>; nobody is written to.</summary>
    Pickup,

    /// <summary>It is handed to the SMTP server.</summary>
    Live,
}

/// <summary>How the connection to the SMTP server is secured.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS (RFC 3207), required: without it nothing is sent. Usually port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314). Usually port 465.</summary>
    Tls,

    /// <summary>Neither; only for a server on this machine. User name and password are refused with it.</summary>
    None,
}

/// <summary>Section <c>Mail</c> of the configuration.</summary>
public sealed class MailOptions
{
    /// <summary><c>pickup</c> unless set to <c>live</c>.</summary>
    public MailMode Mode { get; set; } = MailMode.Pickup;

    /// <summary>The sender: <c>name@example.org</c>, or <c>Name &lt;name@example.org&gt;</c>. The name defaults to the publication's title.</summary>
    public string From { get; set; } = "newsletter@localhost";

    /// <summary>
    /// Where what comes back is to go: <c>bounces@example.org</c>, at most 30 octets before the @. Each delivery's envelope is then
    /// sent from an address of its own below it, <c>bounces+token@example.org</c>, so the server there must keep what follows
    /// the plus sign (RFC 5233). Unset, the envelope's sender is the address in <see cref="From"/>.
    /// </summary>
    public string? BounceAddress { get; set; }

    /// <summary>The mailbox of <see cref="BounceAddress"/>, where it is to be read; none by default.</summary>
    public ReturnsOptions Returns { get; set; } = new();

    /// <summary>The folder of <see cref="MailMode.Pickup"/>; made when it is lacking.</summary>
    public string PickupFolder { get; set; } = "data/mails";

    /// <summary>Keys that sign every mail, in both modes; none by default, at most 100.</summary>
    public IList<DkimOptions> Dkim { get; } = [];

    /// <summary>The server of <see cref="MailMode.Live"/>; <see cref="SmtpOptions.Connections"/> counts for both modes.</summary>
    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>Section <c>Mail:Smtp</c> of the configuration.</summary>
public sealed class SmtpOptions
{
    /// <summary>Name or address of the server; required in <c>live</c>.</summary>
    public string Host { get; set; } = "";

    /// <summary>1–65535; 587 by default.</summary>
    public int Port { get; set; } = 587;

    /// <summary><c>StartTls</c> by default.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>For AUTH (RFC 4954); none by default.</summary>
    public string? Username { get; set; }

    /// <summary>The password of <see cref="Username"/>; <see cref="PasswordFile"/> keeps it out of the environment.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password; wins over <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>How many connections send at once, 1–32; 2 by default.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>At most so many messages a second over all connections of this process, 1–10000; unset means as fast as the server takes them.</summary>
    public int? MessagesPerSecond { get; set; }
}
