using System.Runtime.CompilerServices;
using MimeKit;
using MimeKit.Cryptography;

namespace Feeds.Mail;

/// <summary>A mail as it arrived somewhere.</summary>
/// <param name="names">DNS.</param>
/// <param name="fromDomain">The domain that it should come from.</param>
/// <param name="signs">Whether it left with a signature of ours.</param>
/// <param name="clock">Measures patience.</param>
internal sealed class ArrivedMail(NameService names, string fromDomain, bool signs, TimeProvider clock)
{
    private const long MaximumOctets = 25 * 1024 * 1024;
    private const int MostSignatures = 10;

    private readonly DmarcCheck dmarc = new(names);
    private readonly ArrivedSignatures signatures = new(names);

    /// <summary>The findings about the file.</summary>
    public async IAsyncEnumerable<MailFinding> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (message, refusal) = await LoadAsync(path, cancellationToken);
        if (message is null)
        {
            yield return refusal!;
            yield break;
        }

        using (message)
        {
            var from = message.From.Mailboxes.Take(2).Select(mailbox => mailbox.Domain.ToLowerInvariant()).ToList();
            if (from is not [var domain] || !string.Equals(domain, fromDomain, StringComparison.Ordinal))
            {
                yield return MailFinding.Fail("From", $"The mail isn't from {fromDomain}, the domain of Mail:From; take one that this program sent, with its headers as they arrived.");
                yield break;
            }

            yield return MailFinding.Pass("From", $"The mail is from {fromDomain}.");
            foreach (var finding in await VerifyAsync(message, cancellationToken))
            {
                yield return finding;
            }

            foreach (var finding in await MailDoctor.AskAsync("Return-Path", clock, async token => [await ReturnPathAsync(message, token)], cancellationToken))
            {
                yield return finding;
            }

            yield return ReceiverSays(message);
            yield return Headers(message);
            yield return Unsubscribe(message);
        }
    }

    private static async Task<(MimeMessage? Message, MailFinding? Refusal)> LoadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return file.Length > MaximumOctets
                ? (null, MailFinding.Fail("File", $"{path} is larger than 25 MB; take a mail that this program sent."))
                : (await MimeMessage.LoadAsync(file, cancellationToken), null);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, MailFinding.Fail("File", $"{path} can't be read ({unreadable.GetType().Name}); see that it exists and that this user may read it."));
        }
        catch (FormatException)
        {
            return (null, MailFinding.Fail("File", $"{path} is no mail; save it from the mailbox as it is, headers and all (“show original”, “download message”)."));
        }
    }

    private async Task<IReadOnlyList<MailFinding>> VerifyAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        List<MailFinding> findings = [];
        var proven = false;
        foreach (var header in message.Headers.Where(header => header.Id == HeaderId.DkimSignature).Take(MostSignatures))
        {
            var domain = ArrivedSignatures.Tag(header, "d")?.ToLowerInvariant() ?? "";
            var step = $"DKIM signature of {ReplyText.Clean(domain, 100)}";
            findings.AddRange(await MailDoctor.AskAsync(
                step,
                clock,
                async token =>
                {
                    var failure = await signatures.VerifyAsync(message, header, token);
                    var ours = domain.Length > 0 && await dmarc.IsAlignedAsync(fromDomain, domain, strict: false, token);
                    proven |= ours && failure is null;
                    return [failure is null ? MailFinding.Pass(step, $"The signature is good{(ours ? $" and proves {fromDomain}" : ", and another's")}.")
                        : ours ? MailFinding.Fail(step, $"The signature {failure}")
                        : MailFinding.Advice(step, $"The signature is another's and {failure}")];
                },
                cancellationToken));
        }

        if (findings.Count == 0)
        {
            findings.Add(signs
                ? MailFinding.Fail("DKIM", "The mail has no signature, though Mail:Dkim has a key; see that the relay leaves headers as they are, and that the mail was sent after the key was set.")
                : MailFinding.Fail("DKIM", $"The mail has no signature, neither this program's nor the relay's; give this program a key of {fromDomain} (Mail:Dkim)."));
        }
        else if (!proven && findings.TrueForAll(finding => finding.Verdict is MailVerdict.Pass or MailVerdict.Advice))
        {
            findings.Add(MailFinding.Fail("DKIM", $"No signature proves {fromDomain}; give this program a key of that domain (Mail:Dkim)."));
        }

        return findings;
    }

    private async Task<MailFinding> ReturnPathAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        const string Step = "Return-Path";
        var text = message.Headers[HeaderId.ReturnPath]?.Trim().Trim('<', '>') ?? "";
        if (MailAddressSyntax.Normalize(text, out _) is not { } address)
        {
            return MailFinding.Unknown(Step, "The receiver wrote no envelope's sender into the mail (Return-Path).");
        }

        var domain = address[(address.LastIndexOf('@') + 1)..];
        return await dmarc.IsAlignedAsync(fromDomain, domain, strict: false, cancellationToken)
            ? MailFinding.Pass(Step, $"The envelope's sender arrived at {domain}, which goes with {fromDomain}.")
            : MailFinding.Advice(Step, $"The envelope's sender arrived at {domain}, which doesn't go with {fromDomain}, so SPF proves nothing about From; the signature must.");
    }

    /// <summary>The receiver's own opinion is the topmost; those below may be anybody's (RFC 8601 §5).</summary>
    private static MailFinding ReceiverSays(MimeMessage message)
    {
        const string Step = "Authentication-Results";
        var header = message.Headers.FirstOrDefault(header => header.Id == HeaderId.AuthenticationResults);
        if (header is null || !AuthenticationResults.TryParse(header.RawValue, out var results))
        {
            return MailFinding.Unknown(Step, "The receiver wrote none into the mail that can be read; look at one that went to a large provider.");
        }

        var told = results.Results.Where(one => one.Method is "spf" or "dkim" or "dmarc").Take(20).ToList();
        var sentence = $"{results.AuthenticationServiceIdentifier} says {string.Join(", ", told.Select(one => $"{one.Method}={one.Result}"))}";
        var bad = told.Select(one => one.Method).Distinct(StringComparer.Ordinal).Where(method => !told.Exists(one => string.Equals(one.Method, method, StringComparison.Ordinal) && one.Result is "pass")).ToList();
        return told.Count == 0 ? MailFinding.Unknown(Step, $"{results.AuthenticationServiceIdentifier} says nothing about SPF, DKIM and DMARC.")
            : bad.Count == 0 ? MailFinding.Pass(Step, $"{sentence}.")
            : bad.Contains("dmarc", StringComparer.Ordinal) || !told.Exists(one => one.Method is "dmarc") ? MailFinding.Fail(Step, $"{sentence}; `feeds doctor mail` says what to mend about {string.Join(", ", bad)}.")
            : MailFinding.Advice(Step, $"{sentence}: From is proven, though not by {string.Join(", ", bad)}.");
    }

    private static MailFinding Headers(MimeMessage message)
    {
        const string Step = "Message-ID and Date";
        foreach (var (name, id) in new[] { ("Message-ID", HeaderId.MessageId), ("Date", HeaderId.Date) })
        {
            var count = message.Headers.Count(header => header.Id == id);
            if (count != 1)
            {
                return MailFinding.Fail(Step, $"{name} is {(count == 0 ? "lacking" : "there more than once")}; a server on the way changed the mail, and who runs it can mend that.");
            }
        }

        return message.Date == default
            ? MailFinding.Fail(Step, "Date can't be read; a server on the way changed the mail, and who runs it can mend that.")
            : MailFinding.Pass(Step, "Both are there, once.");
    }

    private MailFinding Unsubscribe(MimeMessage message)
    {
        const string Step = "List-Unsubscribe";
        var target = message.Headers[HeaderId.ListUnsubscribe];
        if (target is null)
        {
            return message.Headers[HeaderId.ListId] is null
                ? MailFinding.Unknown(Step, "The mail is no edition of a newsletter, so it has none; look at one that is.")
                : MailFinding.Fail(Step, "The edition has none; a server on the way took it out, and who runs it can mend that.");
        }

        return !target.Contains("<https://", StringComparison.OrdinalIgnoreCase) || message.Headers[HeaderId.ListUnsubscribePost]?.Trim() is not "List-Unsubscribe=One-Click"
            ? MailFinding.Fail(Step, "It is not the one-click form that large receivers ask for (an https address, and List-Unsubscribe-Post); see that Publication:BaseUrl is https and that no server on the way changes it.")
            : !signatures.Covers("List-Unsubscribe", "List-Unsubscribe-Post")
                ? MailFinding.Fail(Step, "No good signature covers it, so receivers don't offer it (RFC 8058 §4); mend the signatures above.")
                : MailFinding.Pass(Step, "It arrived in its one-click form, under a good signature.");
    }
}
