using Feeds.Articles;
using Feeds.Newsletter.Subscribing;

namespace Feeds.Newsletter.Importing;

/// <summary>What a row of a file asks for here.</summary>
internal sealed record PlannedPerson(string Email, string Key, Cadence Cadence, ImportedPerson Said)
{
    public required Choice Choice { get; init; }

    /// <summary>As <see cref="Choice.Write"/>.</summary>
    public required string ChoiceText { get; init; }

    /// <summary>As <see cref="AskedFor.Write"/>.</summary>
    public required string Asked { get; init; }

    public (string Key, string Newsletter) Subscription => (Key, Cadence.Newsletter);
}

/// <summary>Finds what a file names among what there is here.</summary>
/// <param name="cadences">All.</param>
/// <param name="categories">All.</param>
/// <param name="standard">Of those for whom the file names none; or null.</param>
internal sealed class ImportPlan(IReadOnlyList<Cadence> cadences, IReadOnlyList<Category> categories, Cadence? standard)
{
    private const int MostKept = 10_000;

    // Few choices are made by many people.
    private readonly Dictionary<string, (Choice Choice, string Text, string Asked)> kept = new(StringComparer.Ordinal);

    /// <returns>Null where something isn't here, with a sentence.</returns>
    public PlannedPerson? Plan(ImportedPerson person, out string? refusal)
    {
        if (Find(person, out refusal) is not { } cadence)
        {
            return null;
        }

        var form = FormattableString.Invariant(
            $"{cadence.Name}\n{CellValues.Joined(person.Categories)}\n{CellValues.Joined(person.Tags)}\n{CellValues.Joined(person.WithoutAuthors)}\n{person.Language}\n{person.IsFullText}\n{person.IsPlainText}\n{person.Time}");
        if (!kept.TryGetValue(form, out var found))
        {
            if (Choose(person, cadence, out refusal) is not { } choice)
            {
                return null;
            }

            found = (choice, choice.Write(), new AskedFor(cadence.Name, person.Time, choice).Write());
            if (kept.Count == MostKept)
            {
                kept.Clear();
            }

            kept.Add(form, found);
        }

        return new PlannedPerson(person.Email, person.Email.ToLowerInvariant(), cadence, person) { Choice = found.Choice, ChoiceText = found.Text, Asked = found.Asked };
    }

    private Cadence? Find(ImportedPerson person, out string? refusal)
    {
        var possible = cadences.Where(cadence => IsCalled(cadence.Newsletter, person.Newsletter) && IsCalled(cadence.Name, person.Cadence)).ToList();
        var named = person.Newsletter is not null || person.Cadence is not null;
        var found = possible.Find(cadence => cadence == standard) ?? (named && possible.Count == 1 ? possible[0] : null);
        refusal = found is not null ? null : $"The row names {(named ? $"“{CellValues.Shown(person.Cadence ?? person.Newsletter!)}”, which is no one cadence" : "no cadence")}: write one of {string.Join(", ", cadences.Select(cadence => cadence.Name))}.";
        return found;
    }

    private static bool IsCalled(string name, string? said) => said is null || string.Equals(name, said, StringComparison.OrdinalIgnoreCase);

    private Choice? Choose(ImportedPerson person, Cadence cadence, out string? refusal)
    {
        var offered = categories.Where(cadence.IsAbout).ToList();
        // Who has left chooses nothing.
        var unknown = person.IsLeaving ? null : person.Categories.FirstOrDefault(text => !offered.Exists(category => category.IsCalled(text)));
        refusal = unknown is null ? null : $"{cadence.Name} has no category “{CellValues.Shown(unknown)}”: write some of {string.Join(", ", offered.Select(category => category.Slug))}.";
        return unknown is not null ? null : new Choice
        {
            Categories = CategoryChoice.FirstSlugs(offered.Where(category => person.Categories.Concat(person.Tags).Any(category.IsCalled))),
            WithoutAuthors = person.WithoutAuthors,
            Language = person.Language,
            FullText = person.IsFullText,
            PlainText = person.IsPlainText,
        };
    }
}
