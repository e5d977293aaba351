using Feeds.Host.FeedHttp;
using Microsoft.Extensions.Primitives;

namespace Feeds.Host.Tests.FeedHttp;

public sealed class AcceptedCodingTests
{
    [Theory]
    [InlineData("br")]
    [InlineData("BR")]
    [InlineData("gzip, deflate, br, zstd")]
    [InlineData("gzip;q=0.8, br;q=0.8, identity;q=0.8")]
    [InlineData("br;q=1.0, gzip;q=0.8, *;q=0.1")]
    [InlineData("gzip;q=0.5, br;q=0.501")]
    [InlineData("br;q=0.001")]
    [InlineData("br, gzip;q=much")]
    public void Brotli_is_sent_to_who_names_it_and_likes_nothing_better(string acceptEncoding) => Assert.Equal(FeedCoding.Brotli, AcceptedCoding.Choose(acceptEncoding));

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("deflate, gzip, zstd")]
    [InlineData("br;q=0.8, gzip")]
    [InlineData("br;q=0, gzip;q=0.1")]
    [InlineData("br;q=some, gzip;q=0.1")]
    [InlineData("gzip;q=0.001")]
    [InlineData("gzip ; Q=0.5")]
    [InlineData("identity;q=0.5, gzip;q=0.5")]
    [InlineData("*")]
    [InlineData("br;q=0, *")]
    [InlineData("identity;q=0, *;q=0.2")]
    public void Gzip_is_sent_to_who_takes_it_as_gladly_as_anything_else(string acceptEncoding) => Assert.Equal(FeedCoding.Gzip, AcceptedCoding.Choose(acceptEncoding));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    [InlineData("brotli, deflate")]
    [InlineData("br;q=0, gzip;q=0")]
    [InlineData("gzip;q=0.000, *")]
    [InlineData("*;q=0")]
    [InlineData("identity, gzip;q=0.5, br;q=0.9")]
    [InlineData("identity;q=0.9, *;q=0.8")]
    [InlineData("gzip;q=much")]
    [InlineData("gzip;q=")]
    [InlineData("gzip;level=9")]
    [InlineData("gzipped")]
    public void Everybody_else_gets_it_as_it_is(string? acceptEncoding) => Assert.Equal(FeedCoding.Identity, AcceptedCoding.Choose(acceptEncoding));

    [Fact]
    public void The_wishes_may_come_in_several_lines() => Assert.Equal(FeedCoding.Gzip, AcceptedCoding.Choose(new StringValues(["br;q=0.5", "gzip"])));
}
