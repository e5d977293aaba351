namespace Feeds.Articles.Tests;

public sealed class PublicationPictureTests
{
    [Theory]
    [InlineData("icon.png", "https://blog.example/news/icon.png")]
    [InlineData("/icon.png", "https://blog.example/icon.png")]
    [InlineData("https://cdn.example/i.png", "https://cdn.example/i.png")]
    [InlineData("", null)]
    public void An_icon_is_where_its_address_below_the_base_leads(string written, string? address)
    {
        var options = new PublicationOptions { BaseUrl = "https://blog.example/news", Icon = written, Logo = written };

        Assert.Equal((address, address), (options.IconAddress?.AbsoluteUri, options.LogoAddress?.AbsoluteUri));
        Assert.True(new PublicationOptionsCheck().Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:image/png;base64,AAAA")]
    [InlineData("https://ann:secret@cdn.example/i.png")]
    [InlineData("https://[bad")]
    public void One_that_nobody_could_load_is_refused_by_the_name_of_its_key(string written)
    {
        var failures = Fails(new PublicationOptions { Icon = written, Logo = written, Rights = new string('x', 501) }).ToList();

        Assert.Equal(["Publication:Rights", "Publication:Icon", "Publication:Logo"], failures.Select(failure => failure.Split(' ')[0]), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Fails(PublicationOptions options) => new PublicationOptionsCheck().Validate(null, options) is { Failed: true } result ? result.Failures : [];
}
