using System.Net;

namespace Feeds.Host.FeedHttp;

/// <summary>
/// How many requests for feeds one network address may send: a thousand at once, and fifty a second on and on. A reader
/// that imports three feeds of each of a hundred categories stays far below, and so does a town behind one address; what
/// goes beyond is a program gone wild.
/// </summary>
/// <remarks>
/// A generic cell rate (ITU-T I.371) needs one number an address: the time when its burst will be whole again. Addresses
/// share a fixed number of cells by a hash that nobody outside can foresee, so strangers can't fill the memory, and two
/// who happen to meet in a cell don't notice.
/// </remarks>
internal sealed class FeedRateLimit(TimeProvider clock)
{
    /// <summary>Requests that may come at once.</summary>
    public const int Burst = 1000;

    /// <summary>Requests a second that may come for ever.</summary>
    public const int PerSecond = 50;

    private const int Cells = 16 * 1024;

    private readonly long interval = clock.TimestampFrequency / PerSecond;
    private readonly long[] wholeAgain = new long[Cells];

    /// <summary>Counts a request; one that is refused costs nothing.</summary>
    /// <returns>When the whole burst is there again; zero where the request is admitted.</returns>
    public TimeSpan Take(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address?.TryWriteBytes(bytes, out var length) != true)
        {
            return TimeSpan.Zero;
        }

        // A household has as many IPv6 addresses as it likes; the first 64 bits are its network.
        ReadOnlySpan<byte> network = length == 4 ? bytes[..4] : address.IsIPv4MappedToIPv6 ? bytes[12..] : bytes[..8];
        if (IsNear(network))
        {
            return TimeSpan.Zero;
        }

        var hash = default(HashCode);
        hash.AddBytes(network);
        ref var cell = ref wholeAgain[(uint)hash.ToHashCode() % Cells];
        var now = clock.GetTimestamp();
        while (true)
        {
            var before = Volatile.Read(ref cell);
            var after = Math.Max(before, now) + interval;
            if (after - now > Burst * interval)
            {
                return clock.GetElapsedTime(now, before);
            }

            if (Interlocked.CompareExchange(ref cell, after, before) == before)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>
    /// Whether it is this machine, a private (RFC 1918, RFC 4193), shared (RFC 6598) or link-local network. That is where
    /// a proxy of our own stands, and it speaks for everybody.
    /// </summary>
    private static bool IsNear(ReadOnlySpan<byte> network) => network is
        [127, _, _, _] or [10, _, _, _] or [172, >= 16 and < 32, _, _] or [192, 168, _, _] or [100, >= 64 and < 128, _, _] or [169, 254, _, _]
        or [0, 0, 0, 0, 0, 0, 0, 0] or [0xFC or 0xFD, _, _, _, _, _, _, _] or [0xFE, >= 0x80 and < 0xC0, _, _, _, _, _, _];
}
