namespace Feeds.Mail;

/// <summary>What becomes of a mail that is due.</summary>
public enum MailMode
{
    /// <summary>It is written as an <c>.eml</c> file into <see cref="MailOptions.PickupFolder"/>; nobody is written to.</summary>
    Pickup,

    /// <summary>It is handed to the SMTP server.</summary>
    Live,

    /// <summary>
    /// It is handed to the SMTP server, but goes to <see cref="MailOptions.RedirectTo"/> instead, whomever it is for. Its To
    /// header and its personal links are those of the person whom it is for, and the links work. It counts as delivered: an
    /// edition that went out so doesn't go to its readers later.
    /// </summary>
    Redirect,

    /// <summary>It is handed to the SMTP server if it is for somebody in <see cref="MailOptions.Allow"/>; nobody else is written to.</summary>
    Allowlist,
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
    /// <summary><c>pickup</c> unless set to <c>live</c>, <c>redirect</c> or <c>allowlist</c>.</summary>
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

    /// <summary>Relays that post what became of mails; none by default, at most 20.</summary>
    public IList<EventsOptions> Events { get; } = [];

    /// <summary>The folder of <see cref="MailMode.Pickup"/>; made when it is lacking.</summary>
    public string PickupFolder { get; set; } = "data/mails";

    /// <summary>The one address of <see cref="MailMode.Redirect"/>; required there.</summary>
    public string? RedirectTo { get; set; }

    /// <summary>Addresses (<c>name@example.org</c>) and domains (<c>example.org</c>, without those below it) of <see cref="MailMode.Allowlist"/>; at least one there, at most 1000.</summary>
    public IList<string> Allow { get; } = [];

    /// <summary>Keys that sign every mail, in all modes; none by default, at most 100.</summary>
    public IList<DkimOptions> Dkim { get; } = [];

    /// <summary>The server of all modes but <see cref="MailMode.Pickup"/>; <see cref="SmtpOptions.Connections"/> counts for all.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>Several servers instead of <see cref="Smtp"/>; none by default, at most 20.</summary>
    public IList<SmtpOptions> Relays { get; } = [];

    /// <summary>Which of <see cref="Relays"/> a mail may go over; the first that fits it counts, and without one all do. At most 100.</summary>
    public IList<RouteOptions> Routes { get; } = [];

    /// <summary>What recipients' domains are to be spared; none by default, at most 100. Who waits for a domain holds nobody else up.</summary>
    public IList<DomainOptions> Domains { get; } = [];

    /// <summary>When newsletters wait, in all modes; unset means never. Mails that are no newsletter go at any time.</summary>
    public QuietHoursOptions? QuietHours { get; set; }

    /// <summary><see cref="Relays"/>, or <see cref="Smtp"/> where there are none.</summary>
    internal IReadOnlyList<SmtpOptions> Servers
    {
        get
        {
            for (var i = 0; i < Relays.Count; i++)
            {
                Relays[i].Section = FormattableString.Invariant($"Mail:Relays:{i}");
            }

            return Relays.Count > 0 ? [.. Relays] : [Smtp];
        }
    }
}

/// <summary>Section <c>Mail:QuietHours</c> of the configuration; all three are required.</summary>
public sealed class QuietHoursOptions
{
    /// <summary>When they begin, such as <c>22:00</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>When they end, such as <c>07:00</c>; on the next day where it is before <see cref="From"/>.</summary>
    public string To { get; set; } = "";

    /// <summary>By whose clocks: the name of an IANA zone, such as <c>Europe/Paris</c>.</summary>
    public string TimeZone { get; set; } = "";
}

/// <summary>Section <c>Mail:Smtp</c> of the configuration, or one of <c>Mail:Relays</c>.</summary>
public sealed class SmtpOptions
{
    /// <summary>What <see cref="RouteOptions.Relays"/> calls it; host and port by default. Its limits are counted under this name.</summary>
    public string? Name { get; set; }

    /// <summary>Name or address of the server; required in all modes but <c>pickup</c>.</summary>
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

    /// <summary>At most so many messages a second over all processes, 1–10000; unset means as fast as the server takes them.</summary>
    public int? MessagesPerSecond { get; set; }

    /// <summary>At most so many messages a minute over all processes, evenly spread, 1–600000; unset means no such limit.</summary>
    public int? MessagesPerMinute { get; set; }

    /// <summary>At most so many messages in any 24 hours over all processes, from 1; unset means no such limit. As soon as may be, not spread.</summary>
    public long? MessagesPerDay { get; set; }

    /// <summary>Its share of the mails that several relays may take, 0–100, 1 by default; 0 stands by until the others are down or at their limits.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>How a new server's or address's daily number grows; unset means at once all.</summary>
    public WarmUpOptions? WarmUp { get; set; }

    /// <summary>The configuration section that this is, for sentences.</summary>
    internal string Section { get; set; } = "Mail:Smtp";

    /// <summary><see cref="Name"/>, or what stands for it.</summary>
    internal string Called => Name ?? FormattableString.Invariant($"{Host}:{Port}");
}

/// <summary>Section <c>WarmUp</c> of a relay: a daily limit that grows until it is beyond what there is to send, or <see cref="SmtpOptions.MessagesPerDay"/>.</summary>
public sealed class WarmUpOptions
{
    /// <summary>The first day (UTC). Before it and on it <see cref="FirstDay"/> counts.</summary>
    public DateOnly Begins { get; set; }

    /// <summary>Messages in 24 hours on the first day, 1–1000000; 50 by default.</summary>
    public int FirstDay { get; set; } = 50;

    /// <summary>By how many per cent each day's number is above that of the day before, 1–400; 50 by default.</summary>
    public int GrowthPercent { get; set; } = 50;
}

/// <summary>One of <c>Mail:Routes</c>: mails of that newsletter, to those domains, go over those relays only.</summary>
public sealed class RouteOptions
{
    /// <summary>A cadence's name, or the whole identifier of its <c>List-Id</c>; unset fits all, also mails that are no newsletter.</summary>
    public string? Newsletter { get; set; }

    /// <summary>Domains of recipients; none fits all.</summary>
    public IList<string> Domains { get; } = [];

    /// <summary>Names of relays; at least one. They share the mails by their weights, and each takes over from those that are down.</summary>
    public IList<string> Relays { get; } = [];
}

/// <summary>One of <c>Mail:Domains</c>: how many messages the servers of some domains get, over all relays and processes.</summary>
public sealed class DomainOptions
{
    /// <summary>Domains that share the limits, e.g. <c>gmail.com</c> and <c>googlemail.com</c>; 1–100.</summary>
    public IList<string> Names { get; } = [];

    /// <inheritdoc cref="SmtpOptions.MessagesPerSecond"/>
    public int? MessagesPerSecond { get; set; }

    /// <inheritdoc cref="SmtpOptions.MessagesPerMinute"/>
    public int? MessagesPerMinute { get; set; }

    /// <inheritdoc cref="SmtpOptions.MessagesPerDay"/>
    public long? MessagesPerDay { get; set; }
}
