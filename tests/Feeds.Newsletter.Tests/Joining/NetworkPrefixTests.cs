using System.Net;
using Feeds.Newsletter.Joining;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class NetworkPrefixTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.0/24")]
    [InlineData("203.0.113.255", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.0/24")]
    [InlineData("203.0.114.9", "203.0.114.0/24")]
    [InlineData("2001:db8:7:1::1", "2001:db8:7::/48")]
    [InlineData("2001:db8:7:ffff:ffff:ffff:ffff:ffff", "2001:db8:7::/48")]
    [InlineData("2001:db8:8::1", "2001:db8:8::/48")]
    [InlineData("fe80::1%3", "fe80::/48")]
    public void Addresses_that_one_owner_may_choose_among_count_as_one(string address, string network) =>
        Assert.Equal(network, NetworkPrefix.Of(IPAddress.Parse(address)));

    [Fact]
    public void What_has_no_address_is_a_network_of_its_own() => Assert.Equal("", NetworkPrefix.Of(null));
}
