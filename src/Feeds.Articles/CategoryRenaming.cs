using System.Globalization;
using Feeds.Articles.Store;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;

namespace Feeds.Articles;

/// <summary>Why a category can't be renamed.</summary>
/// <param name="Sentence">With the mend; <c>{0}</c> stands for the name.</param>
/// <param name="Name">What was meant.</param>
public sealed record RenamingRefusal(string Sentence, string Name)
{
    /// <summary>The sentence with the name in it.</summary>
    public override string ToString() => string.Format(CultureInfo.InvariantCulture, Sentence, Name);
}

/// <summary>What became of a renaming; one of the two is null.</summary>
/// <param name="Category">As it is called now.</param>
/// <param name="Refusal">Why it is called as before.</param>
public sealed record RenamingResult(Category? Category, RenamingRefusal? Refusal);

/// <summary>
/// Gives categories other names. A renamed category stays the same one: its articles, its feeds' ids and its subscribers
/// stay, its old addresses lead to the new ones, and files that say an old name mean it. An old name is nobody else's for
/// good, since files and readers may hold it for years; the category itself can have it back.
/// </summary>
public sealed class CategoryRenaming(Database database, TimeProvider clock, ChangeSignal signal)
{
    private const int MostFormerNames = 50;

    /// <summary>All sentences of refusals, for whoever says them in another language.</summary>
    public static IReadOnlyList<string> Sentences { get; } = [NoName, Unknown, Renamed, Same, Taken, FormerlyTaken, TooOften];

    private const string NoName = "A category’s name has 1 to 60 characters. Choose another one than “{0}”.";
    private const string Unknown = "There is no category “{0}”. Take a name from the list of categories, letter by letter.";
    private const string Renamed = "That category is called “{0}” by now. Rename it from there.";
    private const string Same = "It is called “{0}” already.";
    private const string Taken = "“{0}” is another category, and two can’t become one. Choose a name that is free.";
    private const string FormerlyTaken = "“{0}” is what another category was called, and articles and readers that still say so mean that one. Choose a name that is free.";
    private const string TooOften = "“{0}” had fifty names by now. Give it one of those back.";

    /// <summary>Renames it, and lets every feed that shows its name change.</summary>
    /// <param name="name">As it is called now.</param>
    /// <param name="newName">As it shall be called.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RenamingResult> RenameAsync(string name, string newName, CancellationToken cancellationToken)
    {
        var (before, after) = (CategoryName.Normalize(name), CategoryName.Normalize(newName));
        if (after.Length is 0 or > CategoryName.MostCharacters)
        {
            return new RenamingResult(Category: null, new RenamingRefusal(NoName, after));
        }

        var result = await database.WriteAsync(
            async connection =>
            {
                var change = await PublicationChange.BeginAsync(connection, clock, cancellationToken);
                var all = await connection.GetTable<CategoryRow>().ToListAsync(cancellationToken);
                var category = all.Find(row => Is(row.Name, before));
                if (category is null)
                {
                    return new RenamingResult(Category: null, RefuseUnknown(all, before));
                }

                if (Refuse(all, category, after) is { } refusal)
                {
                    return new RenamingResult(Category: null, refusal);
                }

                Rename(all, category, after);
                await connection.UpdateAsync(category, token: cancellationToken);
                await ShowAsync(connection, change, category, cancellationToken);
                await change.CompleteAsync(cancellationToken);
                return new RenamingResult(category.ToCategory(), Refusal: null);
            },
            cancellationToken);
        signal.Raise();
        return result;
    }

    private static RenamingRefusal RefuseUnknown(List<CategoryRow> all, string name) =>
        all.Find(row => WasCalled(row, name)) is { } renamed ? new RenamingRefusal(Renamed, renamed.Name) : new RenamingRefusal(Unknown, name);

    private static RenamingRefusal? Refuse(List<CategoryRow> all, CategoryRow category, string name) =>
        Is(category.Name, name) ? new RenamingRefusal(Same, name)
        : all.Exists(row => Is(row.Name, name)) ? new RenamingRefusal(Taken, name)
        : all.Exists(row => row != category && WasCalled(row, name)) ? new RenamingRefusal(FormerlyTaken, name)
        : category.FormerNames.Count >= MostFormerNames && !WasCalled(category, name) ? new RenamingRefusal(TooOften, category.Name)
        : null;

    private static void Rename(List<CategoryRow> all, CategoryRow category, string name)
    {
        if (!WasCalled(category, category.Name))
        {
            category.FormerNames = [.. category.FormerNames, new FormerName(category.Name, category.Slug)];
        }

        // An old name comes back with its old slug; a new one may take any slug that was this category's own.
        category.Slug = category.FormerNames.FirstOrDefault(former => Is(former.Name, name))?.Slug
            ?? CategoryName.Slug(name, all.Where(row => row != category).SelectMany(row => row.FormerNames.Select(former => former.Slug).Append(row.Slug)).ToHashSet(StringComparer.Ordinal));
        category.Name = name;
    }

    /// <summary>Every entry of one of its articles shows the name, in whichever feed, and every archive of its own feed.</summary>
    private static async Task ShowAsync(DataConnection connection, PublicationChange change, CategoryRow category, CancellationToken cancellationToken)
    {
        var links = connection.GetTable<ArticleCategoryRow>();
        var shown = connection.GetTable<ArticleRow>().Where(row => row.IsPublic && links.Any(link => link.ArticleId == row.Id && link.CategoryId == category.Id));
        var beside = links.Where(link => shown.Any(article => article.Id == link.ArticleId)).Select(link => link.CategoryId).Distinct();
        change.Touch(isPublic: category.ChangedAt > DateTimeOffset.UnixEpoch, (await beside.ToListAsync(cancellationToken)).Append(category.Id));
        var places = connection.GetTable<FeedPlaceRow>().Where(place => place.CategoryId == category.Id).Select(place => place.ArticleId);
        await change.ShowAsync(connection.GetTable<ArticleRow>().Where(row => places.Contains(row.Id)), cancellationToken);
    }

    private static bool WasCalled(CategoryRow row, string name) => row.FormerNames.Any(former => Is(former.Name, name));

    private static bool Is(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
