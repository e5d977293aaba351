using System.Globalization;

namespace Feeds.Newsletter.Content;

/// <summary>The fixed words of mails and of answers to forms, in one language.</summary>
public abstract class Phrases
{
    private protected Phrases()
    {
    }

    /// <summary>BCP 47 tags of those that there are.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "fr"];

    /// <summary>The words of a language; English where there are none.</summary>
    /// <param name="language">BCP 47 tag.</param>
    public static Phrases Of(string language) =>
        language.Split('-')[0].Equals("fr", StringComparison.OrdinalIgnoreCase) ? new FrenchPhrases() : new EnglishPhrases();

    /// <summary>“12 new articles”.</summary>
    public abstract string NewArticles(int count);

    /// <summary>What follows the first title in a subject: “and 11 more”.</summary>
    public abstract string AndMore(int count);

    /// <summary>Before the titles in the line beside the subject: “Also: ”.</summary>
    public abstract string Also { get; }

    /// <summary>Fills the line beside the subject where the articles say too little; 40–100 characters with a title of 40.</summary>
    public abstract string FromThePublication(string publication);

    /// <summary>The link of an article; it names the article, so that each link says where it goes.</summary>
    public abstract string Read(string title);

    /// <summary>The link to the articles that the mail has no room for.</summary>
    public abstract string ReadMore(int count, string publication);

    /// <summary>“by Ann”.</summary>
    public abstract string By(string author);

    /// <summary>“corrected on 12 May 2026”.</summary>
    public abstract string Corrected(string day);

    /// <summary>A picture in the text part.</summary>
    public abstract string Picture(string alternative);

    /// <summary>Why the mail came.</summary>
    public abstract string WhyReceived(string cadence, string publication);

    /// <summary>Link to the preferences.</summary>
    public abstract string Preferences { get; }

    /// <summary>Link that ends a subscription.</summary>
    public abstract string Unsubscribe(string cadence);

    /// <summary>Link to the mail on the web.</summary>
    public abstract string Browser { get; }

    /// <summary>Before the address to write to.</summary>
    public abstract string Contact { get; }

    /// <summary>Subject and heading where a confirmation is sent once more.</summary>
    public abstract string ReminderSubject(string cadence);

    /// <summary>Subject and heading of a confirmation.</summary>
    public abstract string ConfirmSubject(string cadence);

    /// <summary>Heading of a confirmation where the person is subscribed already.</summary>
    public abstract string AlreadySubject(string cadence);

    /// <summary>What a confirmation asks.</summary>
    public abstract string ConfirmQuestion(string cadence, string publication);

    /// <summary>What it says where the person is subscribed already.</summary>
    public abstract string AlreadyAnswer(string cadence, string publication);

    /// <summary>What it asks where the person is subscribed already, with other categories.</summary>
    public abstract string ChangeQuestion(string cadence);

    /// <summary>Before the names of the categories; they follow as a list.</summary>
    public abstract string CategoriesAsked { get; }

    /// <summary>Instead of names of categories.</summary>
    public abstract string AllCategories { get; }

    /// <summary>The button.</summary>
    public abstract string ConfirmButton { get; }

    /// <summary>The button where a change is confirmed.</summary>
    public abstract string ChangeButton { get; }

    /// <summary>What becomes of the request without an answer.</summary>
    public abstract string ConfirmWithin(int days);

    /// <summary>Why a confirmation came.</summary>
    public abstract string WhyAsked(string publication);

    /// <summary>Subject of the question whether somebody who was silent for long still wants it.</summary>
    public abstract string StillSubject(string publication);

    /// <summary>That question.</summary>
    public abstract string StillQuestion(string publication, int months);

    /// <summary>Before the titles of what they get.</summary>
    public abstract string StillReceived { get; }

    /// <summary>The button that says yes to it.</summary>
    public abstract string StillButton { get; }

    /// <summary>What becomes of them without an answer.</summary>
    public abstract string StillWithin(string day);

    /// <summary>Why that question came.</summary>
    public abstract string WhyStill(string publication);

    /// <summary>Subject of a newcomer's first mail.</summary>
    public abstract string WelcomeSubject(string cadence);

    /// <summary>What it says before the articles.</summary>
    public abstract string WelcomeAnswer(string publication);

    /// <summary>Subject and heading where a new address is asked.</summary>
    public abstract string AddressSubject(string publication);

    /// <summary>What it is asked.</summary>
    public abstract string AddressQuestion(string publication);

    /// <summary>Its button.</summary>
    public abstract string AddressButton { get; }

    /// <summary>Why it is asked.</summary>
    public abstract string WhyAddress(string publication);

    /// <summary>Subject and heading where the old address is told.</summary>
    public abstract string MovedSubject(string publication);

    /// <summary>What it is told.</summary>
    public abstract string MovedAnswer(string publication);

    /// <summary>Why it is told.</summary>
    public abstract string WhyMoved(string publication);

    /// <summary>A new address was asked a moment ago.</summary>
    public abstract string AddressPause { get; }

    /// <summary>A form's address can't be written to.</summary>
    public abstract string AddressRefused { get; }

    /// <summary>A form names no cadence of ours.</summary>
    public abstract string CadenceUnknown { get; }

    /// <summary>A form names a category that the cadence doesn't have.</summary>
    public abstract string CategoryUnknown { get; }

    /// <summary>A form names no hour or no zone.</summary>
    public abstract string TimeUnknown { get; }

    /// <summary>A form pauses until a day that isn't to come within a year.</summary>
    public abstract string PauseRefused { get; }

    /// <summary>The day of an instant in a zone, with the weekday.</summary>
    public abstract string LongDate(DateTimeOffset instant, TimeZoneInfo zone);

    /// <summary>The day of an instant in a zone.</summary>
    public abstract string ShortDate(DateTimeOffset instant, TimeZoneInfo zone);

    private protected static string Count(int count, CultureInfo culture) => count.ToString("N0", culture);
}
