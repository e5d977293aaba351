using Feeds.Articles;

namespace Feeds.Newsletter.Content;

/// <summary>Which pictures a mail shows: those of known size, in a format that every mail program shows, at half their pixels.</summary>
internal static class DigestImages
{
    private const int ColumnPixels = 536;
    private const int NarrowestPixels = 120;
    private static readonly string[] Unshown = [".svg", ".webp", ".avif", ".jxl", ".bmp", ".tif", ".tiff", ".ico"];

    public static DigestImage? Of(ArticleImage? image, Uri home)
    {
        if (image is not { Width: > 0 and int width, Height: > 0 and int height } || !(image.Address.Scheme is "https" || Same(image.Address, home)))
        {
            return null;
        }

        var shown = Math.Min(ColumnPixels, width / 2);
        if (shown < NarrowestPixels || Unshown.Contains(Path.GetExtension(image.Address.AbsolutePath), StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        return new DigestImage(PlainText.Inert(image.Address.AbsoluteUri), Alternative(image), shown, Math.Max(1, (int)Math.Round((double)height * shown / width)));
    }

    // A file name read aloud helps nobody; an empty alternative says that the picture only decorates.
    private static string Alternative(ArticleImage image)
    {
        var text = PlainText.OneLine(image.Alternative);
        return !text.Contains(' ', StringComparison.Ordinal) && Path.HasExtension(text) ? "" : text;
    }

    // On a trial run the publication itself is http://localhost.
    private static bool Same(Uri address, Uri home) =>
        string.Equals(address.GetLeftPart(UriPartial.Authority), home.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
