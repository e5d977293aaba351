using System.Globalization;
using Feeds.Articles.Store;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>Articles are published, edited, withdrawn, put back and renamed in any order, and the store says what a few dictionaries say.</summary>
public sealed class ArticleLifeModelTests
{
    private const int Lives = 4;
    private const int Steps = 40;
    private static readonly string[] Categories = ["One", "Two"];

    [DatabaseTheory, EachDatabase]
    public async Task Whatever_happens_to_articles_the_store_keeps_up_with_a_small_model(DatabaseProvider provider)
    {
        for (var seed = 1; seed <= Lives; seed++)
        {
            await using var newsroom = await Newsroom.OpenAsync(provider);
            await new Life(newsroom, seed).LiveAsync();
        }
    }

    /// <summary>What an article is, in the model.</summary>
    private sealed class Known
    {
        public required int Number { get; init; }

        public required string Slug { get; set; }

        public List<string> Formerly { get; } = [];

        public string Status { get; set; } = "published";

        public string Body { get; set; } = "0";

        public string? Reason { get; set; }

        public bool IsMinor { get; set; }

        /// <summary>Those that its feeds were told.</summary>
        public required IReadOnlyList<string> Categories { get; set; }

        public DateTimeOffset? Updated { get; set; }

        public string? Identity { get; set; }

        public long? Sequence { get; set; }

        public DateTimeOffset? WithdrawnAt { get; set; }

        public bool IsTold { get; set; }
    }

    private sealed class Life(Newsroom newsroom, int seed)
    {
        private static readonly DateTimeOffset Day = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
        private readonly Random chance = new(seed);
        private readonly List<Known> articles = [];
        private long sequence;
        private int names;

        private DateTimeOffset Now => newsroom.Clock.GetUtcNow();

        public async Task LiveAsync()
        {
            for (var step = 1; step <= Steps; step++)
            {
                newsroom.Clock.Advance(chance.Next(4) == 0 ? TimeSpan.FromDays(chance.Next(40)) : TimeSpan.FromSeconds(chance.Next(3)));
                var before = await newsroom.Store.StateAsync(default);
                var seen = await SeenAsync();
                Change(chance.Next(12));
                Assert.Empty((await newsroom.ImportAsync()).Refused);
                Retire();
                await newsroom.Get<Publisher>().TickAsync(default);

                await CompareAsync(step);
                var after = await newsroom.Store.StateAsync(default);
                Assert.True(after.ChangedAt > before.ChangedAt || string.Equals(seen, await SeenAsync(), StringComparison.Ordinal), $"Seed {seed}, step {step}: readers see another thing at the same time.");
            }
        }

        private void Change(int what)
        {
            what = articles.Count == 0 ? 0 : what;
            var article = what < 2 ? Add() : articles[chance.Next(articles.Count)];
            article.IsMinor = chance.Next(2) == 0;
            switch (what)
            {
                case 2 or 3:
                    article.Body = names++.ToString(CultureInfo.InvariantCulture);
                    Edit(article);
                    break;
                case 4 or 5 or 6:
                    article.Status = "removed";
                    article.Reason = chance.Next(3) == 0 ? null : $"Reason {chance.Next(2)}.";
                    break;
                case 7 or 8 when article.Status is "removed":
                    article.Status = "published";
                    Edit(article);
                    break;
                case 9 or 10:
                    article.Formerly.Add(article.Slug);
                    article.Slug = $"name-{names++}";
                    break;
                case 11 when article.Status is "published":
                    article.Categories = [.. Categories.Where(name => !article.Categories.Contains(name, StringComparer.Ordinal))];
                    Edit(article);
                    break;
            }

            if (article.Status is "removed")
            {
                article.IsTold |= article.WithdrawnAt is null;
                article.WithdrawnAt ??= Now;
            }
            else
            {
                (article.WithdrawnAt, article.IsTold) = (null, false);
            }

            Write(article);
        }

        private Known Add()
        {
            var article = new Known { Number = articles.Count, Slug = $"name-{names++}", Categories = [.. Categories.Where(_ => chance.Next(2) == 0)], Updated = Day, Sequence = ++sequence };
            articles.Add(article);
            return article;
        }

        private void Edit(Known article)
        {
            if (article.Status is "published" && !article.IsMinor)
            {
                article.Updated = Now;
            }
        }

        private void Retire()
        {
            foreach (var article in articles.Where(article => article.WithdrawnAt <= Now.AddDays(-60)))
            {
                article.IsTold = false;
            }
        }

        private void Write(Known article)
        {
            string[] lines =
            [
                $"slug: {article.Slug}",
                $"formerly: [{string.Join(", ", article.Formerly)}]",
                $"status: {article.Status}",
                $"categories: [{string.Join(", ", article.Categories)}]",
                .. article.Reason is { } reason ? (string[])[$"reason: {reason}"] : [],
                .. article.IsMinor ? (string[])["minor: true"] : [],
            ];
            newsroom.Write($"{article.Number}.md", $"Article {article.Number}", "2026-03-01T08:00:00Z", article.Body, lines);
        }

        private async Task CompareAsync(int step)
        {
            var where = $"Seed {seed}, step {step}";
            var stored = (await newsroom.Store.LatestAsync(null, 1000, default)).ToDictionary(article => article.Slug, StringComparer.Ordinal);
            var isPublic = articles.Where(article => article.Status is "published").ToList();
            Assert.Equal(isPublic.Select(article => article.Slug).Order(StringComparer.Ordinal), stored.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal);
            foreach (var article in isPublic)
            {
                var found = stored[article.Slug];
                article.Identity ??= found.Identity;
                Assert.True(
                    (found.Identity, found.Sequence, found.Updated, found.Html) == (article.Identity, article.Sequence, article.Updated, $"<p>{article.Body}</p>"),
                    $"{where}: {found} is not as {article.Identity}, {article.Sequence}, {article.Updated:O}, {article.Body}");
                Assert.Equal(article.Categories, found.Categories.Select(category => category.Name), StringComparer.Ordinal);
            }

            foreach (var article in articles)
            {
                var withdrawal = await newsroom.Store.FindWithdrawalAsync(article.Slug, default);
                Assert.True(withdrawal?.WithdrawnAt == article.WithdrawnAt && string.Equals(withdrawal?.Reason, article.WithdrawnAt is null ? null : article.Reason, StringComparison.Ordinal), $"{where}: {article.Slug} {withdrawal}");
                foreach (var slug in article.Formerly)
                {
                    Assert.Equal(article.Slug, await newsroom.Store.FindRenamedAsync(slug, default));
                }
            }

            foreach (var category in (string?[])[null, .. Categories])
            {
                var told = articles.Where(article => article.IsTold && (category is null || article.Categories.Contains(category, StringComparer.Ordinal)));
                var found = await newsroom.Store.WithdrawnAsync(category?.ToLowerInvariant(), 1000, default);
                Assert.Equal(told.Select(article => article.Identity!).Order(StringComparer.Ordinal), found.Select(withdrawal => withdrawal.Identity).Order(StringComparer.Ordinal), StringComparer.Ordinal);
            }

            Assert.Equal(sequence, (await newsroom.Store.StateAsync(default)).Sequence);
            Assert.All(
                await newsroom.Store.CategoriesAsync(default),
                state => Assert.Equal(isPublic.Count(article => article.Categories.Contains(state.Category.Name, StringComparer.Ordinal)), state.ArticleCount));
        }

        private async Task<string> SeenAsync()
        {
            var shown = await newsroom.Store.LatestAsync(null, 1000, default);
            var told = await newsroom.Store.WithdrawnAsync(null, 1000, default);
            return string.Join('\n', shown.Select(article => $"{article with { Categories = [] }} {string.Join(',', article.Categories)}").Concat(told.Select(withdrawal => withdrawal.ToString())));
        }
    }
}
