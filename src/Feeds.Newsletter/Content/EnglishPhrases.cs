using System.Globalization;

namespace Feeds.Newsletter.Content;

internal sealed class EnglishPhrases : Phrases
{
    private static readonly CultureInfo Culture = CultureInfo.GetCultureInfo("en-US");

    public override string Also => "Also: ";

    public override string Preferences => "Change what I get";

    public override string Browser => "View in a browser";

    public override string Contact => "Contact:";

    public override string CategoriesAsked => "The topics asked for:";

    public override string AllCategories => "All topics";

    public override string ConfirmButton => "Confirm the subscription";

    public override string ChangeButton => "Confirm these topics";

    public override string AddressRefused => "We can’t write to this address. Please check it: it looks like name@example.org, on one line.";

    public override string CadenceUnknown => "There is no such newsletter, or no longer. Please choose one of the list.";

    public override string CategoryUnknown => "One of the topics isn’t part of this newsletter. Please choose among those offered.";

    public override string AddressButton => "Yes, write to this address";

    public override string AddressPause => "A mail about a new address went out less than an hour ago. Please look for it there, or ask again later.";

    public override string TimeUnknown => "There is no such hour or time zone. Please choose an hour of the list and a zone such as Europe/London.";

    public override string PauseRefused => "A pause ends on a day to come, a year from now at most. Please choose another date.";

    public override string NewArticles(int count) => count == 1 ? "1 new article" : $"{Count(count, Culture)} new articles";

    public override string AndMore(int count) => $"and {Count(count, Culture)} more";

    public override string FromThePublication(string publication) => $"What is new these days, chosen for you by {publication}.";

    public override string Read(string title) => $"Read “{title}”";

    public override string ReadMore(int count, string publication) =>
        count == 1 ? $"and 1 more article to read on {publication}" : $"and {Count(count, Culture)} more articles to read on {publication}";

    public override string By(string author) => $"by {author}";

    public override string Corrected(string day) => $"corrected on {day}";

    public override string Picture(string alternative) => $"[Image: {alternative}]";

    public override string WhyReceived(string cadence, string publication) =>
        $"You get this message because your address is subscribed to “{cadence}” from {publication}.";

    public override string Unsubscribe(string cadence) => $"Stop receiving “{cadence}”";

    public override string ConfirmSubject(string cadence) => $"Confirm your subscription: {cadence}";

    public override string ReminderSubject(string cadence) => $"Still to confirm: {cadence}";

    public override string AlreadySubject(string cadence) => $"Your subscription: {cadence}";

    public override string ConfirmQuestion(string cadence, string publication) =>
        $"Somebody, probably you, asked that this address receive “{cadence}” from {publication}. Nothing will be sent before you agree.";

    public override string AlreadyAnswer(string cadence, string publication) =>
        $"This address already receives “{cadence}” from {publication}: there is nothing to do.";

    public override string ChangeQuestion(string cadence) =>
        $"This address already receives “{cadence}”, with other topics than those just asked for. Nothing changes before you agree.";

    public override string ConfirmWithin(int days) =>
        $"The link works for {days} days. If this wasn’t you, do nothing and the request will have no effect.";

    public override string WhyAsked(string publication) =>
        $"You get this message because your address was typed into the form of {publication}.";

    public override string StillReceived => "What you get:";

    public override string StillButton => "Yes, I still want it";

    public override string WelcomeSubject(string cadence) => $"Welcome: {cadence}";

    public override string WelcomeAnswer(string publication) => $"Good to have you with {publication}. This was published before you came; the next issue has what comes after it.";

    public override string AddressSubject(string publication) => $"Your new address: {publication}";

    public override string AddressQuestion(string publication) =>
        $"Somebody, probably you, wants the mails of {publication} to come to this address instead of an earlier one. Nothing changes before you agree.";

    public override string WhyAddress(string publication) => $"You get this message because this address was typed in the preferences of a subscriber of {publication}.";

    public override string MovedSubject(string publication) => $"Your mails go elsewhere now: {publication}";

    public override string MovedAnswer(string publication) =>
        $"The mails of {publication} that came here go to another address from now on, which agreed to it. The links to your preferences in earlier mails don’t work any more. If it wasn’t you, please answer this message.";

    public override string WhyMoved(string publication) => $"You get this message because this address was subscribed to {publication}. It is the last one.";

    public override string StillSubject(string publication) => $"Still want it? {publication}";

    public override string StillQuestion(string publication, int months) =>
        $"You subscribed to {publication}, and we have had no sign of you for {Count(months, Culture)} months. We don’t watch whether you open our mails, so we ask: shall they go on?";

    public override string StillWithin(string day) => $"Without an answer by {day} the mails end, and your address is erased.";

    public override string WhyStill(string publication) => $"You get this message because your address is subscribed to {publication}. We don’t keep addresses longer than they are wanted.";

    public override string LongDate(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("dddd, MMMM d, yyyy", Culture);

    public override string ShortDate(DateTimeOffset instant, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(instant, zone).ToString("MMMM d, yyyy", Culture);
}
