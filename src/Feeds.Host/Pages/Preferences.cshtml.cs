using System.Globalization;
using Feeds.Articles;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Feeds.Host.Pages;

/// <summary><c>/preferences/{token}</c>: where a person decides what is sent to them. The token of their mails is all the authority there is; only a POST changes anything.</summary>
public sealed class PreferencesModel(Preferences preferences, AddressChanges addresses, ArticleStore articles, SiteView site, TimeProvider clock) : PersonalPageModel
{
    private const int ListedRuns = 3;
    private IReadOnlyList<CategoryState> categories = [];
    private IReadOnlyList<string> authors = [];

    /// <summary>The link's own.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Who it is.</summary>
    public Person Person { get; private set; } = null!;

    /// <summary>The newsletter that a form was about.</summary>
    public string? Changed { get; private set; }

    /// <summary>Why that form can't be taken.</summary>
    public string? Refused { get; private set; }

    /// <summary>What that form said.</summary>
    public SubscriptionForm? Typed { get; private set; }

    /// <summary>A new address as it was typed.</summary>
    public string? TypedAddress { get; private set; }

    /// <summary>What was done by the form before.</summary>
    public string? Done { get; private set; }

    /// <summary>Shows; changes nothing. A preview's link is nobody's.</summary>
    public async Task<IActionResult> OnGetAsync(string token, string? newsletter, string? done, CancellationToken cancellationToken)
    {
        (Changed, Done) = (newsletter, done);
        return await ShowAsync(token, cancellationToken);
    }

    /// <summary>Changes what a newsletter sends, or joins it.</summary>
    public async Task<IActionResult> OnPostSettingsAsync(string token, [FromForm] SubscriptionForm form, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return NotFound();
        }

        var refused = form.Refusal(site, person.Language) ?? await preferences.ChangeAsync(token, form.Newsletter ?? "", form.Settings, cancellationToken);
        return await AnswerAsync(token, form.Newsletter, refused, "saved", form, cancellationToken);
    }

    /// <summary>Takes another rhythm and leaves the rest as it is.</summary>
    public async Task<IActionResult> OnPostCadenceAsync(string token, [FromForm] string? newsletter, [FromForm] string? cadence, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return NotFound();
        }

        var held = person.Subscriptions.FirstOrDefault(one => string.Equals(one.Newsletter.Name, newsletter, StringComparison.Ordinal));
        var settings = held?.Settings ?? new SubscriptionSettings { Cadence = "" };
        var refused = await preferences.ChangeAsync(token, newsletter ?? "", settings with { Cadence = cadence ?? "" }, cancellationToken);
        return await AnswerAsync(token, newsletter, refused, "saved", null, cancellationToken);
    }

    /// <summary>Pauses until a day, or goes on where there is none.</summary>
    public async Task<IActionResult> OnPostPauseAsync(string token, [FromForm] string? newsletter, [FromForm] string? until, CancellationToken cancellationToken)
    {
        DateOnly? day = DateOnly.TryParseExact(until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed) ? parsed : string.IsNullOrEmpty(until) ? null : DateOnly.MinValue;
        var refused = await preferences.PauseAsync(token, newsletter ?? "", day, cancellationToken);
        return await AnswerAsync(token, newsletter, refused, day is null ? "resumed" : "paused", null, cancellationToken);
    }

    /// <summary>Ends a newsletter, or all of them where none is named.</summary>
    public async Task<IActionResult> OnPostLeaveAsync(string token, [FromForm] string? newsletter, CancellationToken cancellationToken)
    {
        await preferences.LeaveAsync(token, string.IsNullOrEmpty(newsletter) ? null : newsletter, cancellationToken);
        return await AnswerAsync(token, newsletter, null, "left", null, cancellationToken);
    }

    /// <summary>Takes back that a newsletter was left.</summary>
    public async Task<IActionResult> OnPostReturnAsync(string token, [FromForm] string? newsletter, CancellationToken cancellationToken)
    {
        await preferences.ReturnAsync(token, newsletter ?? "", cancellationToken);
        return await AnswerAsync(token, newsletter, null, "returned", null, cancellationToken);
    }

    /// <summary>Takes down why a newsletter was left; the first answer counts.</summary>
    public async Task<IActionResult> OnPostWhyAsync(string token, [FromForm] string? newsletter, [FromForm] LeavingReason reason, CancellationToken cancellationToken)
    {
        await preferences.SayWhyAsync(token, newsletter ?? "", Enum.IsDefined(reason) ? reason : LeavingReason.Other, cancellationToken);
        return await AnswerAsync(token, newsletter, null, "said", null, cancellationToken);
    }

    /// <summary>Asks at a new address whether it shall be the person's.</summary>
    public async Task<IActionResult> OnPostAddressAsync(string token, [FromForm] string? email, CancellationToken cancellationToken)
    {
        TypedAddress = email;
        return await AnswerAsync(token, "", await addresses.AskAsync(token, email, cancellationToken), "asked", null, cancellationToken);
    }

    /// <summary>The form of a newsletter: as it was sent where it was refused, else as it stands.</summary>
    public SubscriptionForm FormOf(HeldSubscription held) =>
        Refused is not null && Typed is { } typed && string.Equals(typed.Newsletter, held.Newsletter.Name, StringComparison.Ordinal) ? typed : SubscriptionForm.Of(held);

    /// <summary>When the next editions come, where the person is; what would come in a pause isn't among them.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns(HeldSubscription held)
    {
        var now = clock.GetUtcNow();
        var after = held.PausedUntil is { } until && until > now ? until.AddMilliseconds(-1) : now;
        return ScheduleBook.NextRuns(held.Cadence, held.Settings.Time, after, ListedRuns);
    }

    /// <summary>What can be chosen of a newsletter: what it is about, and what was chosen and has ended since.</summary>
    public IReadOnlyList<CategoryState> Categories(HeldSubscription held) =>
        [.. categories.Where(state => held.Settings.Categories.Any(state.Category.HasSlug) || (state.ArticleCount > 0 && held.Newsletter.Cadences.Any(cadence => cadence.IsAbout(state.Category))))];

    /// <summary>Whom one can leave out; nobody where only one writes.</summary>
    public IReadOnlyList<string> Authors(HeldSubscription held)
    {
        var all = authors.Union(held.Settings.WithoutAuthors, StringComparer.Ordinal).ToList();
        return all.Count > 1 ? all : [];
    }

    private async Task<IActionResult> AnswerAsync(string token, string? newsletter, string? refused, string done, SubscriptionForm? typed, CancellationToken cancellationToken)
    {
        if (refused is null)
        {
            if (await preferences.FindAsync(token, cancellationToken) is null)
            {
                return NotFound();
            }

            // The handler of the form must not be part of it, as it would be of a page's address.
            var query = QueryString.Create(new Dictionary<string, string?>(StringComparer.Ordinal) { ["newsletter"] = newsletter, ["done"] = done });
            return LocalRedirect($"~/preferences/{token}{query}{(string.IsNullOrEmpty(newsletter) ? "" : $"#newsletter-{Uri.EscapeDataString(newsletter)}")}");
        }

        (Changed, Refused, Typed) = (newsletter, refused, typed);
        var shown = await ShowAsync(token, cancellationToken);
        Response.StatusCode = shown is PageResult ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status404NotFound;
        return shown;
    }

    private async Task<IActionResult> ShowAsync(string token, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return NotFound();
        }

        (Person, Token) = (person, token);
        categories = await articles.CategoriesAsync(cancellationToken);
        authors = await articles.AuthorsAsync(cancellationToken);
        site.Speak(person.Language);
        return Page();
    }
}
