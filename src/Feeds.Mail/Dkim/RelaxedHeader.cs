using System.Buffers;
using System.Text;

namespace Feeds.Mail;

/// <summary>A header field in relaxed canonical form (RFC 6376 §3.4.2).</summary>
internal static class RelaxedHeader
{
    /// <summary>Writes name, colon and value without the line break at the end.</summary>
    /// <param name="target">Where it is added.</param>
    /// <param name="name">In any case.</param>
    /// <param name="value">All after the colon; line breaks in it are folds.</param>
    public static void Write(IBufferWriter<byte> target, string name, ReadOnlySpan<byte> value)
    {
        var octets = target.GetSpan(name.Length + 1 + value.Length);
        var length = Encoding.ASCII.GetBytes(name.ToLowerInvariant(), octets);
        octets[length++] = (byte)':';
        var start = length;
        var blank = false;
        foreach (var octet in value)
        {
            if (octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                blank = length > start;
                continue;
            }

            if (blank)
            {
                octets[length++] = (byte)' ';
                blank = false;
            }

            octets[length++] = octet;
        }

        target.Advance(length);
    }
}
