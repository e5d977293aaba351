using System.Globalization;

namespace Feeds.Benchmarks;

/// <summary>A store with generated articles and the folder that they came from.</summary>
internal sealed class Publication
{
    public const int Categories = 100;
    private readonly WorkFolder work;
    private readonly int articles;

    private Publication(WorkFolder work, int articles)
    {
        this.work = work;
        this.articles = articles;
        Address = Server.FreeAddress();
        Settings =
        [
            $"--Storage:ConnectionString=Data Source={work[Name("feeds.db")]}", $"--Publication:BaseUrl={Address}", $"--Mail:PickupFolder={work["mails"]}",
        ];
    }

    public Uri Address { get; }

    public IReadOnlyList<string> Settings { get; }

    public string Folder => work[Name("articles")];

    /// <summary>Writes the files and imports them, which it measures.</summary>
    public static async Task<(Publication Made, Run Import)> MakeAsync(WorkFolder work, int articles)
    {
        var made = new Publication(work, articles);
        await GeneratedArticles.WriteAsync(made.Folder, articles, Categories);
        // As files are that lie in their folder for longer than a moment.
        foreach (var file in Directory.EnumerateFiles(made.Folder))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        return (made, await made.ImportAsync());
    }

    /// <summary><c>feeds import</c> of the folder.</summary>
    public Task<Run> ImportAsync() => Tool.MeasureAsync(work, [.. Tool.Feeds, "import", Folder, .. Settings]);

    /// <summary><c>feeds serve</c>, watching the folder; it answers by now.</summary>
    public Task<Server> ServeAsync(string path) =>
        Server.StartAsync(work.Path, new Uri(Address, path), [.. Tool.Feeds, "serve", $"--urls={Address}", $"--Articles:Folder={Folder}", .. Settings]);

    /// <summary>The file of an article; the higher the number, from 1, the newer it is.</summary>
    public string FileOf(int number) => Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"article-{number:00000}.md"));

    private string Name(string of) => string.Create(CultureInfo.InvariantCulture, $"{articles}-{of}");
}
