namespace Feeds.Mail;

/// <summary>A record of the form <c>v=DMARC1; p=none</c>, as DKIM (RFC 6376 §3.2), DMARC, MTA-STS and TLS-RPT share it.</summary>
internal sealed class TagList
{
    private const int MostTags = 100;

    private readonly Dictionary<string, string> tags = new(StringComparer.OrdinalIgnoreCase);

    private TagList(string version) => Version = version;

    /// <summary>The value of <c>v=</c> where that is the first tag, else "".</summary>
    public string Version { get; }

    /// <summary>The tags' names in their order.</summary>
    public IEnumerable<string> Names => tags.Keys;

    /// <summary>The value of a tag without blanks around it, or null.</summary>
    public string? this[string name] => tags.GetValueOrDefault(name);

    /// <summary>The tags, or null with what is wrong.</summary>
    public static TagList? Parse(string text, out string? reason)
    {
        reason = null;
        var parts = text.Split(';', MostTags + 2).Select(part => part.Trim(' ', '\t', '\r', '\n')).ToList();
        if (parts[^1].Length == 0)
        {
            parts.RemoveAt(parts.Count - 1);
        }

        if (parts.Count > MostTags)
        {
            reason = "it has more than 100 tags";
            return null;
        }

        var first = parts.Count > 0 ? parts[0].Split('=', 2) : [];
        var list = new TagList(first is [var name, var value] && string.Equals(name.Trim(), "v", StringComparison.OrdinalIgnoreCase) ? value.Trim() : "");
        foreach (var part in parts)
        {
            var pair = part.Split('=', 2);
            var tag = pair[0].TrimEnd(' ', '\t');
            if (pair.Length < 2 || tag.Length == 0 || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '_'))
            {
                reason = $"“{ReplyText.Clean(part, 40)}” is no tag=value";
                return null;
            }

            if (!list.tags.TryAdd(tag, pair[1].Trim(' ', '\t')))
            {
                reason = $"it has the tag {ReplyText.Clean(tag, 20)} twice";
                return null;
            }
        }

        return list;
    }
}
