using System.Buffers;
using System.Security.Cryptography;

namespace Feeds.Mail;

/// <summary>
/// A content's body in relaxed canonical form (RFC 6376 §3.4.4), made once for all its recipients. It can be made piece by
/// piece because around each gap the lines end, and none of them is empty: the soft line breaks of quoted-printable see to that.
/// </summary>
internal sealed class CanonicalBody
{
    private readonly List<BodyPiece> pieces = [];
    private readonly byte[]? hash;

    public CanonicalBody(IReadOnlyList<BodyPiece> body)
    {
        var literal = new MemoryStream();
        foreach (var piece in body)
        {
            literal.Write(piece.Literal);
            if (piece.Slot is not null)
            {
                Keep(literal);
                pieces.Add(piece);
            }
        }

        Keep(literal);
        hash = pieces.Count == 1 ? SHA256.HashData(pieces[0].Literal) : null;
    }

    /// <summary>The value of <c>bh=</c> before base64, with what that function gives for each gap; reckoned once where there is none.</summary>
    public byte[] Hash(Func<BodyPiece, byte[]> value)
    {
        if (hash is not null)
        {
            return hash;
        }

        // The platform's hash can't be copied half-way, and it takes a mail from memory faster than a managed one the rest.
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in pieces)
        {
            sum.AppendData(piece.Slot is null ? piece.Literal : Canonical(value(piece)));
        }

        return sum.GetHashAndReset();
    }

    /// <summary>A whole body, or a piece that begins and ends with a line; each line ends with CRLF.</summary>
    internal static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> octets)
    {
        var canonical = new ArrayBufferWriter<byte>(octets.Length + 2);
        var blank = false;
        var breaks = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] is (byte)' ' or (byte)'\t')
            {
                blank = true;
                continue;
            }

            if (octets[i..].StartsWith("\r\n"u8))
            {
                (blank, breaks, i) = (false, breaks + 1, i + 1);
                continue;
            }

            for (; breaks > 0; breaks--)
            {
                canonical.Write("\r\n"u8);
            }

            if (blank)
            {
                canonical.Write(" "u8);
                blank = false;
            }

            canonical.Write(octets.Slice(i, 1));
        }

        if (canonical.WrittenCount > 0)
        {
            canonical.Write("\r\n"u8);
        }

        return canonical.WrittenSpan;
    }

    private void Keep(MemoryStream literal)
    {
        pieces.Add(new BodyPiece(Canonical(literal.ToArray()).ToArray(), null, false));
        literal.SetLength(0);
    }
}
