using Feeds.Host.FeedHttp;
using Microsoft.Extensions.Primitives;

namespace Feeds.Host.Tests.FeedHttp;

public sealed class AcceptedCodingTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("deflate, gzip, br, zstd")]
    [InlineData("br;q=1.0, gzip;q=0.8, *;q=0.1")]
    [InlineData("gzip;q=0.001")]
    [InlineData("gzip ; Q=0.5")]
    [InlineData("identity;q=0.5, gzip;q=0.5")]
    [InlineData("*")]
    [InlineData("identity;q=0, *;q=0.2")]
    public void Gzip_is_sent_to_who_takes_it_as_gladly_as_anything(string acceptEncoding) => Assert.True(AcceptedCoding.IsGzip(acceptEncoding));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("br, deflate")]
    [InlineData("gzip;q=0")]
    [InlineData("gzip;q=0.000, *")]
    [InlineData("*;q=0")]
    [InlineData("identity, gzip;q=0.5")]
    [InlineData("identity;q=0.9, *;q=0.8")]
    [InlineData("gzip;q=much")]
    [InlineData("gzip;q=")]
    [InlineData("gzip;level=9")]
    [InlineData("gzipped")]
    public void Everybody_else_gets_it_as_it_is(string? acceptEncoding) => Assert.False(AcceptedCoding.IsGzip(acceptEncoding));

    [Fact]
    public void The_wishes_may_come_in_several_lines() => Assert.True(AcceptedCoding.IsGzip(new StringValues(["br", "gzip"])));
}
