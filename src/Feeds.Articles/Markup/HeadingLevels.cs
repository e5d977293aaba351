using AngleSharp.Dom;

namespace Feeds.Articles.Markup;

/// <summary>Headings of an article stand below its title: they begin at h2 and skip no level, whatever the author's levels are.</summary>
internal static class HeadingLevels
{
    /// <summary>Renames the headings of the body.</summary>
    public static void Mend(IElement body)
    {
        var open = new Stack<(int Written, int Mended)>();
        foreach (var heading in body.Descendants<IElement>().Where(element => element.LocalName is ['h', >= '1' and <= '6']).ToList())
        {
            var written = heading.LocalName[1] - '0';
            while (open.TryPeek(out var above) && above.Written >= written)
            {
                open.Pop();
            }

            var mended = Math.Min(6, (open.TryPeek(out var parent) ? parent.Mended : 1) + 1);
            open.Push((written, mended));
            if (mended != written)
            {
                Rename(heading, $"h{mended}");
            }
        }
    }

    private static void Rename(IElement heading, string name)
    {
        var renamed = heading.Owner!.CreateElement(name);
        foreach (var attribute in heading.Attributes)
        {
            renamed.SetAttribute(attribute.Name, attribute.Value);
        }

        while (heading.FirstChild is { } child)
        {
            renamed.AppendChild(child);
        }

        heading.Replace(renamed);
    }
}
