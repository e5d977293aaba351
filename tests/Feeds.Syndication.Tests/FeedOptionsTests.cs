using Feeds.Articles;
using Feeds.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Tests;

public sealed class FeedOptionsTests
{
    [Fact]
    public void A_category_may_differ_in_what_it_names_and_is_as_all_in_the_rest()
    {
        var options = Bind(
            ("Feeds:Length", "20"), ("Feeds:Content", "summary"),
            ("Feeds:Categories:0:Slug", SampleArticles.Courts.Slug), ("Feeds:Categories:0:Length", "30"),
            ("Feeds:Categories:1:Slug", SampleArticles.Search.Slug), ("Feeds:Categories:1:Content", "full"));

        Assert.Equal((20, FeedContent.Summary), (options.LengthOf(null), options.ContentOf(null)));
        Assert.Equal((30, FeedContent.Summary), (options.LengthOf(SampleArticles.Courts), options.ContentOf(SampleArticles.Courts)));
        Assert.Equal((20, FeedContent.Full), (options.LengthOf(SampleArticles.Search), options.ContentOf(SampleArticles.Search)));
    }

    [Fact]
    public void A_category_that_was_renamed_is_found_under_its_old_slug_and_before_that_under_its_new_one()
    {
        var renamed = new Category(7, "Tarifs", "tarifs") { Formerly = [new FormerName("Prix", "prix")] };

        Assert.Equal(25, Bind(("Feeds:Categories:0:Slug", "prix"), ("Feeds:Categories:0:Length", "25")).LengthOf(renamed));
        Assert.Equal(30, Bind(("Feeds:Categories:0:Slug", "prix"), ("Feeds:Categories:0:Length", "25"), ("Feeds:Categories:1:Slug", "tarifs"), ("Feeds:Categories:1:Length", "30")).LengthOf(renamed));
    }

    [Fact]
    public void Without_a_word_feeds_carry_fifteen_whole_articles()
    {
        var options = Bind();

        Assert.Equal((15, FeedContent.Full), (options.LengthOf(SampleArticles.Courts), options.ContentOf(SampleArticles.Courts)));
    }

    [Theory]
    [InlineData("Feeds:Length", "14", "Feeds:Length is 14; write a number of entries from 15 to 30.")]
    [InlineData("Feeds:Length", "31", "Feeds:Length is 31")]
    [InlineData("Feeds:Content", "7", "Feeds:Content is neither full nor summary")]
    [InlineData("Feeds:Podcast:Category", "business", "Feeds:Podcast:Category is “business”; write one of Arts, Business")]
    [InlineData("Feeds:Podcast:Email", "Ann <ann@blog.example>", "Feeds:Podcast:Email is no e-mail address")]
    [InlineData("Feeds:Categories:0:Slug", "Les Prix", "Feeds:Categories:0:Slug is “Les Prix”; write the category as it stands in the address")]
    [InlineData("Feeds:Categories:0:Length", "100", "Feeds:Categories:0:Length is 100")]
    [InlineData("Feeds:Categories:1:Slug", "prix", "Feeds:Categories:1:Slug is “prix”, as an earlier one")]
    public void A_wrong_value_is_refused_with_a_sentence_that_names_its_key(string key, string value, string sentence)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(("Feeds:Categories:0:Slug", "prix"), (key, value)));

        Assert.Contains(refused.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
    }

    private static FeedOptions Bind(params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (key, value) in settings)
        {
            values[key] = value;
        }

        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build())
            .AddLogging()
            .AddStorage()
            .AddArticles()
            .AddSyndication()
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<FeedOptions>>().Value;
    }
}
