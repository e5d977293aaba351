using System.Data.Common;
using System.Text.Json;
using Feeds.Articles;
using Feeds.Newsletter.Content;
using Feeds.Newsletter.Subscribing;
using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Joining;

/// <summary>What a request asks for, once its words were checked.</summary>
/// <param name="Cadence">Name of a cadence.</param>
/// <param name="Categories">First slugs.</param>
internal sealed record JoinWish(string Cadence, IReadOnlyList<string> Categories);

/// <summary>Takes the form of <c>/subscribe</c>. It does the same for everybody, and looks up nobody.</summary>
internal sealed class JoinDoor(Requests requests, JoinForms forms, JoinIntake intake, IOptions<PublicationOptions> publication)
{
    public async Task<JoinAnswer> AskAsync(JoinForm form, CancellationToken cancellationToken)
    {
        try
        {
            return await forms.JudgeAsync(form, cancellationToken) is { } worth ? await AskAsync(form, worth, cancellationToken) : new JoinAnswer(JoinOutcome.Stale);
        }
        catch (DbException away) when (Database.IsUnavailable(away))
        {
            return new JoinAnswer(JoinOutcome.Later);
        }
    }

    /// <summary>The same for a program of the operator's: nobody need show anything, and whether the database is away is for it to know.</summary>
    public Task<JoinAnswer> AskVouchedAsync(JoinForm form, CancellationToken cancellationToken) => AskAsync(form, JoinWorth.Proven, cancellationToken);

    private async Task<JoinAnswer> AskAsync(JoinForm form, JoinWorth worth, CancellationToken cancellationToken)
    {
        var (refusal, address, cadence, choice) = await requests.CheckAsync(form.Email, form.Cadence, form.Categories, cancellationToken);
        if (refusal is not null)
        {
            return new JoinAnswer(refusal.IsUnknown ? JoinOutcome.Unknown : JoinOutcome.Refused, refusal.ToPerson(Phrases.Of(publication.Value.Language)));
        }

        if (!form.IsSure && CommonDomains.Suggest(address) is { } meant)
        {
            return new JoinAnswer(JoinOutcome.Misspelt, meant);
        }

        var wish = JsonSerializer.Serialize(new JoinWish(cadence.Name, [.. choice.Select(category => category.FirstSlug)]));
        var keys = JoinKeys.Of(await forms.SecretAsync(cancellationToken), address, form.From);
        return new JoinAnswer(await intake.TakeAsync(new JoinEntry(address, wish, keys, worth)) ? JoinOutcome.Taken : JoinOutcome.Later);
    }
}
