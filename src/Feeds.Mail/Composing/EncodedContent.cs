using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Feeds.Mail;

/// <summary>
/// A content as it goes over the wire, encoded once for all its recipients: two quoted-printable parts in
/// <c>multipart/alternative</c>, or one where there is no HTML, with gaps where the personal values go.
/// </summary>
internal sealed class EncodedContent
{
    private readonly List<BodyPiece> pieces = [];
    private readonly Lazy<CanonicalBody> canonical;

    private EncodedContent(string subject, string? boundary)
    {
        Subject = subject;
        Boundary = boundary;
        canonical = new Lazy<CanonicalBody>(() => new CanonicalBody(pieces));
    }

    /// <summary>Ready for the header.</summary>
    public string Subject { get; }

    /// <summary>It holds "=_", which no quoted-printable text does (RFC 2045 §6.7); null where plain text is all there is.</summary>
    public string? Boundary { get; }

    public static EncodedContent Encode(MailContent content)
    {
        var subject = HeaderText.Unstructured(content.Subject);
        if (content.Html.Length == 0)
        {
            var plain = new EncodedContent(subject, null);
            plain.AddText(new MemoryStream(), content.Text, html: false);
            plain.LeastOctets = plain.pieces.Sum(piece => (long)piece.Literal.Length);
            return plain;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{content.Subject}\0{content.Text}\0{content.Html}"));
        var encoded = new EncodedContent(subject, $"=_{Convert.ToHexStringLower(hash.AsSpan(0, 16))}");
        encoded.AddPart("plain", content.Text, html: false);
        encoded.AddPart("html", content.Html, html: true);
        encoded.pieces.Add(new BodyPiece(Encoding.ASCII.GetBytes($"\r\n--{encoded.Boundary}--\r\n"), null, false));
        encoded.LeastOctets = encoded.pieces.Sum(piece => (long)piece.Literal.Length);
        return encoded;
    }

    /// <summary>No message with it is smaller.</summary>
    public long LeastOctets { get; private set; }

    /// <summary>To be asked before anything is sent: what is found lacking while the message is written breaks the connection.</summary>
    /// <exception cref="ArgumentException">A value is lacking.</exception>
    public void Check(IReadOnlyDictionary<string, string> personal)
    {
        if (pieces.Find(piece => piece.Slot is { } slot && !personal.ContainsKey(slot)) is { Slot: { } lacking })
        {
            throw new ArgumentException($"No value for the placeholder {lacking}.", nameof(personal));
        }
    }

    /// <exception cref="ArgumentException">A value is lacking.</exception>
    public async Task WriteAsync(Stream target, IReadOnlyDictionary<string, string> personal, CancellationToken cancellationToken)
    {
        foreach (var piece in pieces)
        {
            await target.WriteAsync(Bytes(piece, personal), cancellationToken);
        }
    }

    /// <exception cref="ArgumentException">A value is lacking.</exception>
    public void Write(Stream target, IReadOnlyDictionary<string, string> personal)
    {
        foreach (var piece in pieces)
        {
            target.Write(Bytes(piece, personal));
        }
    }

    /// <summary>SHA-256 of the body in relaxed canonical form (RFC 6376 §3.7), for the signatures of one recipient's message.</summary>
    /// <exception cref="ArgumentException">A value is lacking.</exception>
    public byte[] BodyHash(IReadOnlyDictionary<string, string> personal) => canonical.Value.Hash(piece => Value(piece, personal));

    private static byte[] Bytes(BodyPiece piece, IReadOnlyDictionary<string, string> personal) => piece.Slot is null ? piece.Literal : Value(piece, personal);

    private static byte[] Value(BodyPiece piece, IReadOnlyDictionary<string, string> personal)
    {
        var value = personal.TryGetValue(piece.Slot!, out var found) ? found : throw new ArgumentException($"No value for the placeholder {piece.Slot}.", nameof(personal));
        return [.. QuotedPrintable.Encode(piece.Html ? WebUtility.HtmlEncode(value) : value), .. QuotedPrintable.SoftBreak];
    }

    private void AddPart(string subtype, string text, bool html)
    {
        var lead = new MemoryStream();
        lead.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{(pieces.Count == 0 ? "" : "\r\n")}--{Boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")));
        AddText(lead, text, html);
    }

    private void AddText(MemoryStream lead, string text, bool html)
    {
        var personal = PersonalText.Parse(text);
        for (var i = 0; i < personal.Literals.Count; i++)
        {
            lead.Write(QuotedPrintable.Encode(personal.Literals[i]));
            if (i == personal.Slots.Count)
            {
                pieces.Add(new BodyPiece(lead.ToArray(), null, html));
                break;
            }

            lead.Write(QuotedPrintable.SoftBreak);
            pieces.Add(new BodyPiece(lead.ToArray(), null, html));
            pieces.Add(new BodyPiece([], personal.Slots[i], html));
            lead.SetLength(0);
        }
    }
}

/// <summary>Bytes as they are, or the name of a value to be encoded in their place.</summary>
internal sealed record BodyPiece(byte[] Literal, string? Slot, bool Html);
