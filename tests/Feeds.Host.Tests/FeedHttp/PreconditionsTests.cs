using Feeds.Host.FeedHttp;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Feeds.Host.Tests.FeedHttp;

public sealed class PreconditionsTests
{
    private const string Tag = "\"a1,b2\"";
    private static readonly DateTimeOffset LastModified = new(2026, 11, 6, 8, 49, 37, TimeSpan.Zero);

    [Theory]
    [InlineData(Tag)]
    [InlineData("W/" + Tag)]
    [InlineData("*")]
    [InlineData(" * ")]
    [InlineData("\"other\", " + Tag)]
    [InlineData("\"other\" ,\t W/" + Tag + ",\"third\"")]
    [InlineData(",, " + Tag)]
    [InlineData("\"\"," + Tag)]
    public void A_tag_that_is_in_the_list_means_not_modified(string ifNoneMatch) => Assert.True(Ask(ifNoneMatch, null));

    [Theory]
    [InlineData("")]
    [InlineData("\"other\"")]
    [InlineData("\"a1\", \"b2\"")]
    [InlineData("a1,b2")]
    [InlineData("\"a1,b2")]
    [InlineData("\"A1,B2\"")]
    [InlineData("w/" + Tag)]
    [InlineData("W/")]
    [InlineData("\"x\", *")]
    [InlineData("\"x" + Tag + "x\"")]
    public void A_tag_that_is_not_in_the_list_means_send_it(string ifNoneMatch) => Assert.False(Ask(ifNoneMatch, null));

    [Fact]
    public void A_list_may_come_in_several_lines()
    {
        IHeaderDictionary headers = new HeaderDictionary();
        headers.IfNoneMatch = new StringValues(["\"x\"", "\"y\", " + Tag]);

        Assert.True(Preconditions.Evaluate(headers, Tag, LastModified) == PreconditionResult.NotModified);
    }

    [Theory]
    [InlineData("Fri, 06 Nov 2026 08:49:37 GMT", true)]
    [InlineData("Fri, 06 Nov 2026 08:49:38 GMT", true)]
    [InlineData("Friday, 06-Nov-26 08:49:37 GMT", true)]
    [InlineData("Fri Nov  6 08:49:37 2026", true)]
    [InlineData("Fri, 06 Nov 2026 08:49:36 GMT", false)]
    [InlineData("yesterday", false)]
    [InlineData("", false)]
    public void Without_tags_the_date_decides_in_each_of_its_three_forms(string ifModifiedSince, bool isNotModified) =>
        Assert.Equal(isNotModified, Ask(null, ifModifiedSince));

    [Theory]
    [InlineData("\"other\"", "Fri, 06 Nov 2026 08:49:37 GMT", false)]
    [InlineData("unreadable", "Fri, 06 Nov 2026 08:49:37 GMT", false)]
    [InlineData(Tag, "Fri, 06 Nov 1998 08:49:37 GMT", true)]
    public void Where_there_are_tags_the_date_says_nothing(string ifNoneMatch, string ifModifiedSince, bool isNotModified) =>
        Assert.Equal(isNotModified, Ask(ifNoneMatch, ifModifiedSince));

    [Fact]
    public void Two_dates_are_none()
    {
        IHeaderDictionary headers = new HeaderDictionary();
        headers.IfModifiedSince = new StringValues(["Fri, 06 Nov 2026 08:49:37 GMT", "Fri, 06 Nov 2026 08:49:38 GMT"]);

        Assert.False(Preconditions.Evaluate(headers, Tag, LastModified) == PreconditionResult.NotModified);
    }

    [Fact]
    public void Without_conditions_it_is_sent() => Assert.False(Ask(null, null));

    [Fact]
    public void Every_list_of_up_to_three_tags_is_read_as_the_framework_reads_it()
    {
        string[] tags = ["\"\"", "\"a\"", "W/\"a\"", "\"a,b\"", "W/\"a,b\"", "\"W/\"", "\"*\""];
        string[] separators = [",", ", ", " ,\t", ",,"];
        var lists = tags.Concat(
            from one in tags
            from separator in separators
            from two in tags
            from three in tags
            from list in (string[])[one + separator + two, one + separator + two + separator + three]
            select list);

        foreach (var list in lists)
        {
            Assert.True(EntityTagHeaderValue.TryParseStrictList([list], out var read), list);
            foreach (var tag in tags.Where(tag => !tag.StartsWith('W')))
            {
                var expected = read.Any(one => one.Compare(EntityTagHeaderValue.Parse(tag), useStrongComparison: false));
                Assert.True(expected == Ask(list, null, tag), $"{tag} in {list}");
            }
        }
    }

    private static bool Ask(string? ifNoneMatch, string? ifModifiedSince, string entityTag = Tag)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        if (ifNoneMatch is not null)
        {
            headers.IfNoneMatch = ifNoneMatch;
        }

        if (ifModifiedSince is not null)
        {
            headers.IfModifiedSince = ifModifiedSince;
        }

        return Preconditions.Evaluate(headers, entityTag, LastModified) == PreconditionResult.NotModified;
    }
}
