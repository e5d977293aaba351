using System.Globalization;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Templates;
using FsCheck;
using FsCheck.Xunit;

namespace Feeds.Newsletter.Tests;

public sealed class ContentTests
{
    [Property]
    public bool A_wrapped_text_keeps_its_words_and_breaks_only_at_blanks(NonNull<string>[] parts)
    {
        var text = string.Join(' ', parts.Select(part => PlainText.OneLine(part.Get)).Append("mot\u00A0collé\u202F! https://atelier.example.net/x et la suite de la phrase, qui est longue"));
        var wrapped = PlainText.Wrap(text);
        char[] blanks = [' ', '\n', '\t', '\r', '\f', '\v', '\u0085', '\u2028', '\u2029'];
        return wrapped.Split(blanks, StringSplitOptions.RemoveEmptyEntries).SequenceEqual(text.Split(blanks, StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal)
            && wrapped.Split('\n').All(line => new StringInfo(line).LengthInTextElements <= 72 || !line.Contains(' ', StringComparison.Ordinal))
            && wrapped.Split('\n').Contains("https://atelier.example.net/x", StringComparer.Ordinal);
    }

    [Property]
    public bool A_cut_text_is_short_enough_and_splits_no_character(NonNull<string> text, PositiveInt length)
    {
        var room = 10 + (length.Get % 90);
        var line = PlainText.OneLine(text.Get + " 👩‍👩‍👧‍👦🇫🇷é " + text.Get);
        var cut = PlainText.Cut(line, room);
        return cut.Length <= room && (string.Equals(cut, line, StringComparison.Ordinal) || cut.EndsWith('…')) && !char.IsHighSurrogate(cut.Length > 1 ? cut[^2] : 'x');
    }

    [Property]
    public bool A_line_for_a_header_has_no_line_break_of_any_script(NonNull<string> text) =>
        !PlainText.OneLine(text.Get + "\r\nBcc: x\0\u2028\u2029\u0085" + text.Get).Any(letter => char.IsControl(letter) || letter is '\u2028' or '\u2029');

    [Property]
    public bool Encoded_markup_reads_back_as_it_was(NonNull<string> text)
    {
        var line = PlainText.OneLine(text.Get + "<a href='x'>&amp; «\u00A0é\u00A0» \u202F👩‍🚀\"</a>");
        var encoded = MarkupEncoder.Instance.Encode(line);
        return string.Equals(System.Net.WebUtility.HtmlDecode(encoded), line, StringComparison.Ordinal) && !encoded.Contains('<', StringComparison.Ordinal) && encoded.Contains("«\u00A0é\u00A0» \u202F👩‍🚀", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example.net/x")]
    [InlineData("https://a.example.net/x?b=1&utm_source=elsewhere&c=%C3%A9#d?e")]
    [InlineData("https://a.example.net/x?UTM_Campaign=old&utm_medium=social")]
    public void Marking_a_link_twice_is_marking_it_once(string address)
    {
        var once = Campaign.Mark(new Uri(address), "weekly-2026-11-23-0700");

        Assert.Equal(once, Campaign.Mark(new Uri(once), "weekly-2026-11-23-0700"));
        Assert.Contains("utm_source=newsletter&utm_medium=email&utm_campaign=weekly-2026-11-23-0700", once, StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere", once, StringComparison.Ordinal);
        Assert.DoesNotContain("old", once, StringComparison.Ordinal);
        Assert.Equal(new Uri(address).Fragment, new Uri(once).Fragment);
    }

    [Fact]
    public void Others_texts_never_ask_for_a_personal_value()
    {
        Assert.Equal("voir https://personal.invalid:443/unsubscribe/", PlainText.OneLine("voir https://personal.invalid/unsubscribe/"));
        Assert.Equal("https://personal.invalid:443/x/", PlainText.Inert("HTTPS://Personal.Invalid/x/"));
    }

    [Theory]
    [InlineData("fr", 1, "Un titre")]
    [InlineData("fr", 2, "Un titre et 1\u00A0autre")]
    [InlineData("en", 13, "Un titre and 12 more")]
    public void A_subject_is_the_newest_title_and_how_many_more(string language, int count, string expected) =>
        Assert.Equal(expected, SubjectLine.Of(["Un titre"], count, Phrases.Of(language)));

    [Theory]
    [InlineData("fr", "lundi 23\u00A0novembre 2026", "1er\u00A0mars 2026")]
    [InlineData("fr-CA", "lundi 23\u00A0novembre 2026", "1er\u00A0mars 2026")]
    [InlineData("en", "Monday, November 23, 2026", "March 1, 2026")]
    [InlineData("de", "Monday, November 23, 2026", "March 1, 2026")]
    public void Dates_are_those_of_the_zone_in_the_language_s_words(string language, string monday, string first)
    {
        var paris = TimeZoneInfo.FindSystemTimeZoneById("Europe/Paris");

        Assert.Equal(monday, Phrases.Of(language).LongDate(new DateTimeOffset(2026, 11, 22, 23, 30, 0, TimeSpan.Zero), paris));
        Assert.Equal(first, Phrases.Of(language).ShortDate(new DateTimeOffset(2026, 2, 28, 23, 30, 0, TimeSpan.Zero), paris));
    }
}
