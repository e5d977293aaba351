using System.Text;
using Feeds.Newsletter;
using Microsoft.AspNetCore.Mvc;

namespace Feeds.Host.Pages;

/// <summary><c>/preferences/{token}/data</c>: all that is kept of a person, to see, to take away and to erase.</summary>
public sealed class PersonalDataModel(Preferences preferences, Held held, Erasure erasure, SiteView site) : PersonalPageModel
{
    private const int MostDeliveries = 50;

    /// <summary>The link's own.</summary>
    public string Token { get; private set; } = "";

    /// <summary>What is kept; null once it is erased.</summary>
    public HeldDocument? Document { get; private set; }

    /// <summary>Whether erasing was asked for without saying that it is meant.</summary>
    public bool Unsure { get; private set; }

    /// <summary>The last mails; the files have them all.</summary>
    public IEnumerable<HeldDelivery> Deliveries => Document!.Deliveries.Reverse().Take(MostDeliveries);

    /// <summary>Shows; changes nothing.</summary>
    public async Task<IActionResult> OnGetAsync(string token, CancellationToken cancellationToken) =>
        await ReadAsync(token, cancellationToken) is null ? NotFound() : Page();

    /// <summary>Everything as JSON.</summary>
    public async Task<IActionResult> OnGetJsonAsync(string token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(token, cancellationToken) is not { } document)
        {
            return NotFound();
        }

        using var file = new MemoryStream();
        await Held.WriteJsonAsync(document, file, cancellationToken);
        return File(file.ToArray(), "application/json", "my-data.json");
    }

    /// <summary>Subscriptions and the record of consent as comma-separated values, with a mark that spreadsheets know UTF-8 by.</summary>
    public async Task<IActionResult> OnGetCsvAsync(string token, CancellationToken cancellationToken)
    {
        if (await ReadAsync(token, cancellationToken) is not { } document)
        {
            return NotFound();
        }

        using var text = new StringWriter();
        Held.WriteCsv(document, text);
        return File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8", "my-data.csv");
    }

    /// <summary>Forgets the person; there is no way back, so that it has to be said twice.</summary>
    public async Task<IActionResult> OnPostEraseAsync(string token, [FromForm] string? sure, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return NotFound();
        }

        if (sure is null)
        {
            Unsure = true;
            await ReadAsync(token, cancellationToken);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        site.Speak(person.Language);
        await erasure.EraseAsync(person.Id, cancellationToken);
        return Page();
    }

    /// <summary>What was done, in words that <see cref="SiteView"/> translates.</summary>
    public static string Say(HeldConsent consent) => consent.Kind switch
    {
        "asked" => "asked for",
        "confirmed" => "confirmed",
        "changed" => "changed",
        "left" => "left",
        "returned" => "taken back",
        "imported" => "brought in from a file",
        "vouched" => "added by the operator",
        "addresschanged" => "new address",
        "complained" => "reported as unwanted",
        "kept" => "kept when asked",
        "reason" => "reason for leaving",
        _ => "forgotten",
    };

    /// <summary>What people call the newsletter that it was about; nothing where it was about all.</summary>
    public string TitleOf(HeldConsent consent) =>
        Document!.Subscriptions.FirstOrDefault(one => string.Equals(one.Newsletter, consent.Newsletter, StringComparison.Ordinal))?.Title ?? consent.Newsletter;

    /// <summary>Where it was done, in the person's language; a proof stays in the words of who wrote it.</summary>
    public string SayWhere(HeldConsent consent)
    {
        var parts = consent.Source.Split(": ", 2);
        var where = parts[0] switch
        {
            "form" => site["on this site"],
            "confirm" or "preferences" or "unsubscribe" or "address" or "keep" => site["by the link of a mail"],
            "mail" => site["by a mail"],
            "operator" or "api" => site["by us"],
            _ => consent.Source,
        };
        return parts is [_, var proof] && !string.Equals(where, consent.Source, StringComparison.Ordinal) ? $"{where} ({proof})" : where;
    }

    /// <summary>What became of a mail, in such words.</summary>
    public static string Say(HeldDelivery delivery) => delivery.State switch
    {
        "accepted" => "taken by your provider",
        "failed" => "refused by your provider",
        "uncertain" => "uncertain",
        "suppressed" => "not sent",
        _ => "on its way",
    };

    private async Task<HeldDocument?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (await preferences.FindAsync(token, cancellationToken) is not { } person)
        {
            return null;
        }

        site.Speak(person.Language);
        Token = token;
        return Document = await held.ReadAsync(person.Id, cancellationToken);
    }
}
