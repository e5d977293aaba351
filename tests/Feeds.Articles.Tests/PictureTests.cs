using Feeds.Articles.Markup;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

public sealed class PictureTests
{
    // The smallest files that say their size: 3 × 2 pixels each.
    public static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0];
    private static readonly byte[] Gif = [.. "GIF89a"u8, 3, 0, 2, 0, 0, 0, 0];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC2, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0];
    private static readonly byte[] WebPLossy = [.. "RIFF\0\0\0\0WEBPVP8 \0\0\0\0"u8, 0, 0, 0, 0x9D, 0x01, 0x2A, 3, 0, 2, 0];
    private static readonly byte[] WebPLossless = [.. "RIFF\0\0\0\0WEBPVP8L\0\0\0\0"u8, 0x2F, 2, 0x40, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] WebPExtended = [.. "RIFF\0\0\0\0WEBPVP8X\0\0\0\0"u8, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0];

    public static TheoryData<string, byte[]> Pictures => new()
    {
        { "image/png", Png },
        { "image/gif", Gif },
        { "image/jpeg", Jpeg },
        { "image/webp", WebPLossy },
        { "image/webp", WebPLossless },
        { "image/webp", WebPExtended },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_pictures_size_is_read_from_its_first_bytes(string contentType, byte[] content)
    {
        var header = ImageHeader.Read(content);

        Assert.Equal((contentType, 3, 2), (header!.ContentType, header.Width, header.Height));
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void A_picture_cut_short_is_none_and_harms_nothing(string contentType, byte[] content)
    {
        for (var length = 0; length < content.Length; length++)
        {
            var header = ImageHeader.Read(content.AsSpan(0, length));
            Assert.Equal(contentType, header?.ContentType ?? contentType);
        }
    }

    [DatabaseTheory, EachDatabase]
    public async Task Pictures_beside_the_article_are_kept_in_the_store_with_their_size(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Folder.Write("posts/a b.png", "");
        await File.WriteAllBytesAsync(newsroom.Folder["posts/a b.png"], Png);
        await File.WriteAllBytesAsync(newsroom.Folder["cover.jpg"], Jpeg);
        newsroom.Write("posts/a.md", "A", "2026-03-01", "![Une *lettre*](a%20b.png \"T\")\n\n<img src='a b.png?x#y' width=9>\n\n![](gone.png)", "image: ../cover.jpg", "image_alt: Couverture");
        Assert.Empty((await newsroom.ImportAsync()).Refused);

        var article = (await newsroom.Store.FindAsync("a", default))!;

        using var document = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(article.Html);
        var images = document.QuerySelectorAll("img").ToArray();
        var address = images[0].GetAttribute("src")!;
        Assert.Matches("^https://atelier\\.example/media/[0-9a-f]{32}\\.png$", address);
        Assert.Equal(("Une lettre", "T", "3", "2"), (images[0].GetAttribute("alt"), images[0].GetAttribute("title"), images[0].GetAttribute("width"), images[0].GetAttribute("height")));
        Assert.Equal((address, "", "3"), (images[1].GetAttribute("src"), images[1].GetAttribute("alt"), images[1].GetAttribute("width")));
        Assert.Equal("https://atelier.example/articles/gone.png", images[2].GetAttribute("src"));

        var media = await newsroom.Store.FindMediaAsync(address[(address.LastIndexOf('/') + 1)..], default);
        Assert.Equal("image/png", media!.ContentType);
        Assert.Equal(Png, media.Content.ToArray());
        Assert.Matches("^https://atelier\\.example/media/[0-9a-f]{32}\\.jpg$", article.Image!.Address.AbsoluteUri);
        Assert.Equal(("Couverture", (int?)3, (int?)2), (article.Image.Alternative, article.Image.Width, article.Image.Height));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_picture_that_changed_changes_its_article(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await File.WriteAllBytesAsync(newsroom.Folder["p.gif"], Gif);
        var before = await newsroom.ReadAsync("![x](p.gif)");
        await File.WriteAllBytesAsync(newsroom.Folder["p.gif"], [.. Gif, 1]);

        var report = await newsroom.ImportAsync();

        Assert.Equal(1, report.Changed);
        Assert.NotEqual(before.Html, (await newsroom.Store.FindAsync("sample", default))!.Html, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_can_not_be_used_refuses_the_article_with_the_mend()
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        using var outside = new TestFolder();
        await File.WriteAllBytesAsync(outside["secret.png"], Png);
        File.CreateSymbolicLink(newsroom.Folder["linked.png"], outside["secret.png"]);
        newsroom.Folder.Write("text.png", "no picture");
        await File.WriteAllBytesAsync(newsroom.Folder["huge.png"], [.. Png, .. new byte[5 * 1024 * 1024]]);
        var relative = Path.GetRelativePath(newsroom.Folder.Path, outside["secret.png"]).Replace('\\', '/');
        newsroom.Write("1.md", "A", "2026-03-01", "text", $"image: {relative}");
        newsroom.Write("2.md", "B", "2026-03-01", $"![x]({relative})");
        newsroom.Write("3.md", "C", "2026-03-01", "![x](linked.png)");
        newsroom.Write("4.md", "D", "2026-03-01", "![x](text.png)");
        newsroom.Write("5.md", "E", "2026-03-01", "![x](huge.png)");

        var refused = (await newsroom.ImportAsync()).Refused;

        Assert.Equal("1.md:4 2.md:0 3.md:0 4.md:0 5.md:0", string.Join(' ', refused.Select(file => $"{file.File}:{file.Line}")));
        Assert.All(refused.Take(3), file => Assert.Contains("lies outside the import folder", file.Reason, StringComparison.Ordinal));
        Assert.Contains("no PNG, JPEG, GIF or WebP inside", refused[3].Reason, StringComparison.Ordinal);
        Assert.Contains("more than 5 MB", refused[4].Reason, StringComparison.Ordinal);
    }
}
