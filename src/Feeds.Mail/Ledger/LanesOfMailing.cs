using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>Finds each recipient's lane while a mailing is stored.</summary>
internal sealed class LanesOfMailing(DataConnection transaction, RelayRoutes routes, long? mailingId, string? listIdentifier)
{
    private readonly Dictionary<(string Domain, string Relay), long> known = [];

    public async ValueTask<long> TakeAsync(MailRecipient recipient)
    {
        var lane = new LaneRow { MailingId = mailingId, ListIdentifier = listIdentifier, Domain = routes.LaneDomain(recipient.Address) };
        lane.Relay = routes.Prefer(lane, recipient.Key);
        return known.TryGetValue((lane.Domain, lane.Relay), out var found) ? found : known[(lane.Domain, lane.Relay)] = await Lanes.TakeAsync(transaction, lane);
    }
}
