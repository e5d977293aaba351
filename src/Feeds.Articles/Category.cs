namespace Feeds.Articles;

/// <summary>What a category was called before it was renamed.</summary>
public sealed record FormerName(string Name, string Slug);

/// <summary>A topic. <paramref name="Slug"/> is lower-case ASCII, unique in the publication; another after a renaming.</summary>
public sealed record Category(long Id, string Name, string Slug)
{
    /// <summary>What it was called before, oldest first, each once. Nothing else is ever called so.</summary>
    public IReadOnlyList<FormerName> Formerly { get; init; } = [];

    /// <summary>The slug that it had first. What outlives a renaming is made of it: the ids of its feeds, the choices of subscribers.</summary>
    public string FirstSlug => Formerly.Count > 0 ? Formerly[0].Slug : Slug;

    /// <summary>Slugs that it had and has no more, oldest first, each once: their addresses lead to the present one.</summary>
    public IEnumerable<string> FormerSlugs => Formerly.Select(former => former.Slug).Where(slug => !string.Equals(slug, Slug, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal);

    /// <summary>Whether its address has that slug, or had it (ordinal comparison).</summary>
    public bool HasSlug(string slug) =>
        string.Equals(Slug, slug, StringComparison.Ordinal) || Formerly.Any(former => string.Equals(former.Slug, slug, StringComparison.Ordinal));

    /// <summary>Whether that is its name or slug, now or formerly; capital letters make no difference.</summary>
    public bool IsCalled(string text) =>
        Formerly.Append(new FormerName(Name, Slug)).Any(called =>
            string.Equals(called.Name, text, StringComparison.OrdinalIgnoreCase) || string.Equals(called.Slug, text, StringComparison.OrdinalIgnoreCase));

    /// <summary>By value, former names included.</summary>
    public bool Equals(Category? other) =>
        other is not null
        && Id == other.Id
        && string.Equals(Name, other.Name, StringComparison.Ordinal)
        && string.Equals(Slug, other.Slug, StringComparison.Ordinal)
        && Formerly.SequenceEqual(other.Formerly);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Name, Slug);
}
