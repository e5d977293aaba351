using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Feeds.Newsletter.Importing;

/// <summary>What a first reading of a whole file tells of it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Digest">SHA-256 of its bytes, in hexadecimal: the same file under another name is the same file.</param>
/// <param name="Encoding">How its characters are written.</param>
/// <param name="Length">Bytes.</param>
internal sealed record FileLook(string Path, string Digest, Encoding Encoding, long Length)
{
    private static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <exception cref="IOException">The file can't be read.</exception>
    public static FileLook At(string path)
    {
        using var file = System.IO.File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var piece = new byte[1 << 16];
        var utf8 = new Utf8Count();
        Encoding? marked = null;
        int read;
        var kept = 0;
        do
        {
            read = file.Read(piece.AsSpan(kept));
            hash.AppendData(piece, kept, read);
            var filled = piece.AsSpan(0, kept + read);
            marked ??= file.Position == read ? Marked(filled) : null;
            kept = utf8.Add(filled, isLast: read == 0);
            filled[^kept..].CopyTo(piece);
        }
        while (read > 0);
        return new FileLook(path, Convert.ToHexStringLower(hash.GetHashAndReset()), marked ?? (utf8.IsLikely ? Encoding.UTF8 : Western), file.Length);
    }

    /// <summary>The file's characters; a mark at its beginning is left out.</summary>
    public StreamReader Open(out FileStream bytes)
    {
        bytes = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return new StreamReader(bytes, Encoding, detectEncodingFromByteOrderMarks: true, 1 << 16);
    }

    /// <summary>What the first bytes say: a byte order mark, or in UTF-16 without one the zeros beside ASCII.</summary>
    private static Encoding? Marked(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Encoding.UTF8,
        [0xFF, 0xFE, ..] or [not 0, 0, not 0, 0, ..] => Encoding.Unicode,
        [0xFE, 0xFF, ..] or [0, not 0, 0, not 0, ..] => Encoding.BigEndianUnicode,
        _ => null,
    };

    /// <summary>
    /// Whether bytes are UTF-8. A file that is, but for some broken places, stays so: they are refused with their rows. In
    /// Windows-1252 a letter with an accent stands alone and is no UTF-8.
    /// </summary>
    private sealed class Utf8Count
    {
        private long sound;
        private long broken;

        public bool IsLikely => broken == 0 || sound > broken;

        /// <returns>How many bytes at the end are the beginning of a character.</returns>
        public int Add(ReadOnlySpan<byte> bytes, bool isLast)
        {
            while (true)
            {
                var next = bytes.IndexOfAnyExceptInRange((byte)0, (byte)127);
                if (next < 0)
                {
                    return 0;
                }

                bytes = bytes[next..];
                var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
                if (status == OperationStatus.NeedMoreData && !isLast)
                {
                    return bytes.Length;
                }

                sound += status == OperationStatus.Done ? 1 : 0;
                broken += status == OperationStatus.Done ? 0 : 1;
                bytes = bytes[length..];
            }
        }
    }
}
