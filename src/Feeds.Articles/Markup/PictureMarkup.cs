using System.Globalization;
using AngleSharp.Dom;
using Feeds.Articles.Files;
using Feeds.Articles.Store;

namespace Feeds.Articles.Markup;

/// <summary>The pictures in one article's text: those beside the file come into the store, all get absolute or marked addresses.</summary>
internal sealed class PictureMarkup(ArticleFile article, FolderPictures pictures)
{
    /// <summary>Files that were looked for.</summary>
    public List<string> Looked { get; } = [];

    /// <summary>Why a picture can't be used, and with it the article; null while all can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Mends an <c>img</c>, or takes it out where it has no address that anybody could follow.</summary>
    public async Task SetAsync(IElement image, CancellationToken cancellationToken)
    {
        var (address, stored) = await FindAsync(image.GetAttribute("src"), cancellationToken);
        if (address is null)
        {
            image.Remove();
            return;
        }

        image.SetAttribute("src", address);
        image.SetAttribute("alt", image.GetAttribute("alt") ?? "");
        if (stored is not null)
        {
            image.SetAttribute("width", stored.Width.ToString(CultureInfo.InvariantCulture));
            image.SetAttribute("height", stored.Height.ToString(CultureInfo.InvariantCulture));
        }

        if (image.GetAttribute("srcset") is { } written)
        {
            await SetSourcesAsync(image, written, cancellationToken);
        }
    }

    private async Task SetSourcesAsync(IElement image, string written, CancellationToken cancellationToken)
    {
        var sources = new List<SourceCandidate>();
        foreach (var candidate in SourceSet.Read(written))
        {
            if ((await FindAsync(candidate.Address, cancellationToken)).Address is { } address)
            {
                sources.Add(candidate with { Address = address });
            }
        }

        if (sources.Count > 0)
        {
            image.SetAttribute("srcset", string.Join(", ", sources));
        }
        else
        {
            image.RemoveAttribute("srcset");
            image.RemoveAttribute("sizes");
        }
    }

    private async Task<(string? Address, StoredPicture? Stored)> FindAsync(string? written, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(written))
        {
            return (null, null);
        }

        var found = await pictures.FindAsync(article.Path, written, cancellationToken);
        if (found.Path is not null)
        {
            Looked.Add(found.Path);
        }

        if (found.Refusal is not null)
        {
            Refusal ??= $"The picture {PlainText.Shorten(written, 100)} {found.Refusal}";
            return (null, null);
        }

        if (found.Stored is { } stored)
        {
            return (OwnAddress.OfMedia(stored.Name), stored);
        }

        return ArticleMarkup.Resolve(written, article) is { } address && !address.StartsWith("mailto:", StringComparison.Ordinal) ? (address, null) : (null, null);
    }
}
