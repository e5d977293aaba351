using Feeds.Articles;
using Feeds.Host.Pages;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Tests;

public sealed class SiteViewTests
{
    [Theory]
    [InlineData("fr", "mardi 1er décembre 2026", "mercredi 2 décembre 2026")]
    [InlineData("en", "Tuesday, December 1, 2026", "Wednesday, December 2, 2026")]
    public void A_date_is_written_as_its_language_has_it_wherever_it_stands(string language, string first, string second)
    {
        var site = new SiteView(Options.Create(new PublicationOptions { Language = language, TimeZone = "Europe/Paris" }));
        foreach (var (day, words) in new[] { (1, first), (2, second) })
        {
            var local = new DateTimeOffset(2026, 12, day, 0, 30, 0, TimeSpan.FromHours(1));
            Assert.Equal(words, site.Date(local.ToUniversalTime()));
            Assert.Equal(words, site.Day(new DateOnly(2026, 12, day)));
            Assert.Equal($"{words} 00:30 +01:00", site.Moment(local));
            Assert.Equal($"{words} 00:30 +01:00", site.Local(local));
            Assert.StartsWith($"{words} ", site.Planned(local), StringComparison.Ordinal);
        }
    }
}
