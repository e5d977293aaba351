using System.Text;

namespace Feeds.Testing.Dns;

/// <summary>The types of records that <see cref="ZoneServer"/> knows; their values are DNS's.</summary>
internal enum RecordType
{
    A = 1,
    Cname = 5,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
}

/// <summary>Questions and answers as they are on the wire (RFC 1035 §4).</summary>
internal static class DnsMessage
{
    public const int ServerFailure = 2;
    public const int NoSuchName = 3;
    private const int HeaderLength = 12;

    public static (string Name, RecordType Type) Question(ReadOnlySpan<byte> message)
    {
        var name = RecordData.ReadName(message[HeaderLength..]);
        var end = End(message);
        return (name, (RecordType)((message[end - 4] << 8) | message[end - 3]));
    }

    public static byte[] Answer(ReadOnlySpan<byte> question, int code, IReadOnlyList<(string Name, RecordType Type, byte[] Data)> records)
    {
        // A response to a question with recursion, which was available.
        byte[] answer = [question[0], question[1], 0x81, (byte)(0x80 | code), 0, 1, (byte)(records.Count >> 8), (byte)records.Count, 0, 0, 0, 0, .. question[HeaderLength..End(question)]];
        return
        [
            .. answer,
            .. records.SelectMany(record => (byte[])[.. RecordData.Name(record.Name), 0, (byte)record.Type, 0, 1, 0, 0, 0, 60, (byte)(record.Data.Length >> 8), (byte)record.Data.Length, .. record.Data]),
        ];
    }

    /// <summary>The same without its records and with the TC bit.</summary>
    public static byte[] Truncate(ReadOnlySpan<byte> answer)
    {
        byte[] cut = [.. answer[..End(answer)]];
        cut[2] |= 0x02;
        cut[6] = cut[7] = 0;
        return cut;
    }

    /// <summary>Where the only question ends.</summary>
    private static int End(ReadOnlySpan<byte> message)
    {
        var at = HeaderLength;
        while (message[at] != 0)
        {
            at += message[at] + 1;
        }

        return at + 5;
    }
}

/// <summary>What records hold, on the wire.</summary>
internal static class RecordData
{
    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public static byte[] Text(string text) =>
        [.. Encoding.UTF8.GetBytes(text).Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part])];

    public static string ReadName(ReadOnlySpan<byte> octets)
    {
        List<string> labels = [];
        for (var at = 0; octets[at] != 0; at += octets[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(octets.Slice(at + 1, octets[at])));
        }

        return string.Join('.', labels).ToLowerInvariant();
    }
}
