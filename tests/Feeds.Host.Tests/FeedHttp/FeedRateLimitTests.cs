using System.Globalization;
using System.Net;
using Feeds.Host.FeedHttp;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Host.Tests.FeedHttp;

public sealed class FeedRateLimitTests
{
    private static readonly IPAddress Reader = IPAddress.Parse("203.0.113.7");

    private readonly FakeTimeProvider clock = new();
    private readonly FeedRateLimit limit;

    public FeedRateLimitTests() => limit = new FeedRateLimit(clock);

    [Fact]
    public void An_import_of_all_feeds_of_a_hundred_categories_by_three_readers_at_once_is_admitted() =>
        Assert.Equal(0, Refused(Reader, 3 * 300));

    [Fact]
    public void A_town_behind_one_address_that_asks_fifty_times_a_second_for_an_hour_is_admitted()
    {
        var refused = 0;
        for (var second = 0; second < 3600; second++)
        {
            refused += Refused(Reader, FeedRateLimit.PerSecond);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, refused);
    }

    [Fact]
    public void Who_asks_more_often_is_told_when_a_whole_burst_is_there_again()
    {
        Assert.Equal(0, Refused(Reader, FeedRateLimit.Burst));

        Assert.Equal(TimeSpan.FromSeconds(20), limit.Take(Reader));
        Assert.Equal(5000, Refused(Reader, 5000));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Refused(Reader, FeedRateLimit.Burst));
        Assert.Equal(1, Refused(Reader, 1));
    }

    [Fact]
    public void A_flood_gets_through_at_the_rate_that_is_allowed_to_everybody()
    {
        var admitted = 0;
        for (var tenth = 0; tenth < 600; tenth++)
        {
            admitted += 500 - Refused(Reader, 500);
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(admitted, (60 * FeedRateLimit.PerSecond) + FeedRateLimit.Burst - 10, (60 * FeedRateLimit.PerSecond) + FeedRateLimit.Burst);
    }

    [Fact]
    public void An_address_is_the_same_in_both_ways_of_writing_it()
    {
        Refused(Reader, FeedRateLimit.Burst);

        Assert.Equal(1, Refused(IPAddress.Parse("::ffff:203.0.113.7"), 1));
    }

    [Fact]
    public void One_who_asks_too_often_does_not_spoil_it_for_the_others()
    {
        Refused(Reader, FeedRateLimit.Burst);

        var others = Enumerable.Range(8, 100).Select(host => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"203.0.113.{host}")))
            .Concat(Enumerable.Range(1, 100).Select(network => IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:db8:1:{network:x}::1"))));
        // Hardly ever one of them meets the same cell.
        Assert.InRange(others.Sum(other => Refused(other, 1)), 0, 2);
    }

    [Fact]
    public void The_addresses_of_one_IPv6_network_share_its_limit()
    {
        for (var host = 1; host <= FeedRateLimit.Burst; host++)
        {
            Assert.Equal(0, Refused(IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:db8:1:2::{host:x}")), 1));
        }

        Assert.Equal(1, Refused(IPAddress.Parse("2001:db8:1:2:a:b:c:d"), 1));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    public void A_proxy_in_our_own_network_speaks_for_everybody(string address) =>
        Assert.Equal(0, Refused(IPAddress.Parse(address), 10 * FeedRateLimit.Burst));

    [Theory]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("192.169.1.1")]
    [InlineData("2606:4700::1")]
    public void Its_neighbours_do_not(string address) =>
        Assert.Equal(1, Refused(IPAddress.Parse(address), FeedRateLimit.Burst + 1));

    [Fact]
    public void Requests_from_everywhere_at_once_are_counted_exactly()
    {
        var refused = 0;
        Parallel.For(0, 4 * FeedRateLimit.Burst, _ => Interlocked.Add(ref refused, Refused(Reader, 1)));

        Assert.Equal(3 * FeedRateLimit.Burst, refused);
    }

    private int Refused(IPAddress address, int requests) => Enumerable.Range(0, requests).Count(_ => limit.Take(address) > TimeSpan.Zero);
}
