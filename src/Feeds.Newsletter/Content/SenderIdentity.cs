using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Content;

/// <summary>Who sends, as mails and their headers name it.</summary>
internal sealed class SenderIdentity(IOptions<PublicationOptions> publication, IOptions<MailOptions> mail)
{
    private string? domain;

    public string Publication => PlainText.OneLine(publication.Value.Title);

    /// <summary>The publication's author, or its title.</summary>
    public string Publisher => PlainText.OneLine(publication.Value.Author) is { Length: > 0 } author ? author : Publication;

    /// <summary>The mailbox of <c>Mail:From</c> without its name.</summary>
    public string Address
    {
        get
        {
            var from = mail.Value.From.Trim();
            var address = from.EndsWith('>') && from.LastIndexOf('<') is >= 0 and var at ? from[(at + 1)..^1] : from;
            return MailAddressSyntax.Normalize(address, out _) ?? address;
        }
    }

    /// <summary>The domain of Message-ID and List-Id: the publication's host, or that of <c>Mail:From</c> where the host is a number.</summary>
    public string Domain => domain ??= FindDomain();

    private string FindDomain()
    {
        var home = publication.Value.Base;
        var own = Address[(Address.LastIndexOf('@') + 1)..];
        return home.HostNameType == UriHostNameType.Dns ? home.IdnHost : own.Length > 0 ? new IdnMapping().GetAscii(own) : "localhost";
    }
}
