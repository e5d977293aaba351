using System.Net;
using System.Net.Sockets;

namespace Feeds.Host.FeedHttp;

/// <summary>
/// How many requests for feeds one network address may send: a thousand at once, and fifty a second on and on. A reader
/// that imports three feeds of a hundred categories stays far below, and so does a town behind one address; what goes
/// beyond is a program gone wild.
/// </summary>
/// <remarks>
/// A generic cell rate (ITU-T I.371) needs one number an address: when its burst will be spent no more. Addresses are
/// sorted into a fixed number of cells by a hash that differs from process to process; two that meet in one share its
/// burst, which neither notices.
/// </remarks>
internal sealed class FeedRateLimit(TimeProvider clock)
{
    /// <summary>Requests that may come at once.</summary>
    public const int Burst = 1000;

    /// <summary>Requests a second that may come for ever.</summary>
    public const int PerSecond = 50;

    private const int Cells = 16 * 1024;

    private readonly long interval = clock.TimestampFrequency / PerSecond;
    private readonly long[] freeAt = new long[Cells];
    private readonly long start = clock.GetTimestamp();

    /// <summary>Counts a request.</summary>
    /// <returns>How long that address shall wait before it asks again; zero where this one is admitted.</returns>
    public TimeSpan Take(IPAddress? address)
    {
        // A proxy in front of us is on this machine or in its network, and speaks for everybody.
        if (address is null || IsNear(address))
        {
            return TimeSpan.Zero;
        }

        ref var cell = ref freeAt[(uint)Network(address) % Cells];
        var now = clock.GetTimestamp() - start;
        while (true)
        {
            var before = Volatile.Read(ref cell);
            var after = Math.Max(before, now) + interval;
            if (after - now > Burst * interval)
            {
                return clock.GetElapsedTime(now, after - (Burst * interval));
            }

            if (Interlocked.CompareExchange(ref cell, after, before) == before)
            {
                return TimeSpan.Zero;
            }
        }
    }

    /// <summary>Whether it is this machine, a private (RFC 1918, RFC 4193), shared (RFC 6598) or link-local address.</summary>
    private static bool IsNear(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        return (length == 4 ? bytes[..4] : address.IsIPv4MappedToIPv6 ? bytes[12..] : bytes) switch
        {
            [127, _, _, _] or [10, _, _, _] or [192, 168, _, _] or [169, 254, _, _] => true,
            [172, >= 16 and < 32, _, _] or [100, >= 64 and < 128, _, _] => true,
            [0xFC or 0xFD, _, .., _] => true,
            [0xFE, >= 0x80 and < 0xC0, .., _] => true,
            _ => IPAddress.IsLoopback(address),
        };
    }

    /// <summary>A household has as many IPv6 addresses as it likes: the first 64 bits are one network.</summary>
    private static int Network(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        var hash = default(HashCode);
        hash.AddBytes(address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? bytes[..8] : bytes[..length]);
        return hash.ToHashCode();
    }
}
