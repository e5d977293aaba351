namespace Feeds.Newsletter.Joining;

/// <summary>Domains that most people have their mailboxes at, and what is one slip of the finger away from one of them.</summary>
internal static class CommonDomains
{
    // Of shorter ones too many neighbours are real.
    private const int ShortestHinted = 8;

    private static readonly string[] Hinted =
    [
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.fr", "yahoo.co.uk", "yahoo.de", "yahoo.es", "yahoo.it", "yahoo.ca", "yahoo.com.br",
        "hotmail.com", "hotmail.fr", "hotmail.co.uk", "hotmail.de", "hotmail.es", "hotmail.it", "outlook.com", "outlook.fr", "outlook.de", "outlook.es",
        "live.com", "live.co.uk", "icloud.com", "proton.me", "protonmail.com", "fastmail.com", "posteo.de", "mailbox.org",
        "wanadoo.fr", "orange.fr", "laposte.net", "bbox.fr", "neuf.fr", "numericable.fr", "club-internet.fr",
        "t-online.de", "freenet.de", "arcor.de", "bluewin.ch", "skynet.be", "telenet.be", "videotron.ca", "libero.it", "virgilio.it",
        "comcast.net", "verizon.net", "sbcglobal.net", "bellsouth.net", "btinternet.com", "virginmedia.com", "bigpond.com", "yandex.com", "yandex.ru", "rambler.ru",
    ];

    // Real, and near one of the above or of each other.
    private static readonly HashSet<string> Real = new(Hinted, StringComparer.Ordinal)
    {
        "mail.com", "email.com", "ymail.com", "fmail.com", "gmx.com", "gmx.net", "gmx.de", "gmx.fr", "gmx.at", "gmx.ch", "web.de", "me.com", "mac.com", "aol.com", "msn.com", "pm.me",
        "free.fr", "sfr.fr", "live.fr", "live.de", "live.it", "live.nl", "live.be", "live.ca", "aliceadsl.fr", "mail.ru", "inbox.ru", "list.ru", "qq.com", "163.com", "126.com",
        "hotmail.be", "hotmail.ca", "hotmail.nl", "hotmail.ch", "hotmail.gr", "hotmail.se", "hotmail.no", "outlook.be", "outlook.it", "outlook.pt", "outlook.at", "outlook.dk", "outlook.ie",
        "yahoo.gr", "yahoo.se", "yahoo.no", "yahoo.dk", "yahoo.be", "yahoo.ie", "yahoo.at", "yahoo.in", "yahoo.pl", "yahoo.ro", "yahoo.co.id", "yahoo.co.in", "yahoo.co.jp", "yahoo.com.ar", "yahoo.com.mx",
        "bluemail.ch", "orange.es", "orange.pl", "orange.be",
    };

    /// <summary>What was probably meant by an address, or null where its domain is one of them or near none.</summary>
    public static string? Suggest(string address)
    {
        var at = address.LastIndexOf('@');
        var domain = address[(at + 1)..].ToLowerInvariant();
        return Real.Contains(domain) || Array.Find(Hinted, known => known.Length >= ShortestHinted && IsOneSlip(domain, known)) is not { } meant
            ? null
            : $"{address[..at]}@{meant}";
    }

    /// <summary>Whether one letter too many, too few or another, or two neighbours in the wrong order, make the one of the other.</summary>
    private static bool IsOneSlip(string typed, string known)
    {
        if (Math.Abs(typed.Length - known.Length) > 1)
        {
            return false;
        }

        var same = typed.AsSpan().CommonPrefixLength(known);
        var (restTyped, restKnown) = (typed[same..], known[same..]);
        return (restTyped.Length - restKnown.Length) switch
        {
            1 => string.Equals(restTyped[1..], restKnown, StringComparison.Ordinal),
            -1 => string.Equals(restTyped, restKnown[1..], StringComparison.Ordinal),
            _ => restTyped.Length > 0 && (string.Equals(restTyped[1..], restKnown[1..], StringComparison.Ordinal)
                || (restTyped.Length > 1 && restTyped[0] == restKnown[1] && restTyped[1] == restKnown[0] && string.Equals(restTyped[2..], restKnown[2..], StringComparison.Ordinal))),
        };
    }
}
