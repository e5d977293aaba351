using System.Text;

namespace Feeds.Benchmarks.Pipelining;

/// <summary>Octets that are to go out: commands, or a message's text with its dots doubled as DATA wants them (RFC 5321 §4.5.2).</summary>
internal sealed class WireText : Stream
{
    private byte[] octets = new byte[64 * 1024];
    private int length;
    private bool lineBegins = true;

    /// <summary>Whether dots at the beginning of a line are doubled: for DATA they are, for BDAT not.</summary>
    public bool DoublesDots { get; set; }

    public ReadOnlyMemory<byte> Octets => octets.AsMemory(0, length);

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => length;

    /// <inheritdoc/>
    public override long Position { get => length; set => throw new NotSupportedException(); }

    public void Clear() => (length, lineBegins) = (0, true);

    public void Append(string text)
    {
        Grow(Encoding.UTF8.GetByteCount(text));
        length += Encoding.UTF8.GetBytes(text, octets.AsSpan(length));
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (DoublesDots && !buffer.IsEmpty)
        {
            if (lineBegins && buffer[0] == '.')
            {
                Copy("."u8);
            }

            var dot = buffer.IndexOf("\n."u8);
            var end = dot < 0 ? buffer.Length : dot + 1;
            Copy(buffer[..end]);
            lineBegins = buffer[end - 1] == '\n';
            buffer = buffer[end..];
        }

        Copy(buffer);
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
        // It goes out when it is whole.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Copy(ReadOnlySpan<byte> from)
    {
        Grow(from.Length);
        from.CopyTo(octets.AsSpan(length));
        length += from.Length;
    }

    private void Grow(int by)
    {
        var needed = length + by;
        if (needed > octets.Length)
        {
            Array.Resize(ref octets, Math.Max(needed, 2 * octets.Length));
        }
    }
}
