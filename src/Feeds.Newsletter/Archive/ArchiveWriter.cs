using System.Globalization;
using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Making;
using Feeds.Newsletter.Subscribing;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Archive;

/// <summary>
/// Notes, with each edition that is frozen, what it tells the public: a reader who takes everything of the cadence at all
/// its times. So the archive has each article once, also where people in thirty zones get it in thirty editions.
/// </summary>
internal sealed class ArchiveWriter(IOptions<MailOptions> mail, IOptions<PublicationOptions> publication)
{
    /// <param name="transaction">The one that freezes; nobody else freezes an edition of the newsletter meanwhile.</param>
    /// <param name="cut">What is new, for the archive too.</param>
    /// <param name="edition">As it is stored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AddAsync(DataConnection transaction, Cut cut, EditionRow edition, CancellationToken cancellationToken)
    {
        var cadence = transaction.GetTable<CadenceRow>().Where(row => row.Name == cut.Cadence.Name);
        var share = cut.For(Choice.Everything, await cadence.Select(row => row.ArchivedSequence).SingleAsync(cancellationToken));
        if (!IsSent(edition))
        {
            await cadence.Set(row => row.ArchivedSequence, cut.To).UpdateAsync(cancellationToken);
            return;
        }

        if (share.Articles.Count > 0)
        {
            var local = Local(edition.Slot, cut.Cadence.Zone);
            await transaction.InsertAsync(
                new ArchivedEditionRow
                {
                    EditionId = edition.Id,
                    Newsletter = cut.Cadence.Newsletter,
                    Slot = edition.Slot,
                    Slug = await SlugAsync(transaction, edition, local, cancellationToken),
                    Day = local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    Articles = CohortRow.Write(share.Articles),
                    Shown = Math.Min(share.Articles.Count, cut.Cadence.MaximumArticles),
                },
                token: cancellationToken);
        }

        await cadence.Set(row => row.ArchivedSequence, share.Position).UpdateAsync(cancellationToken);
    }

    // What goes to an operator's own addresses is a try, and its articles have not been told of in public.
    private bool IsSent(EditionRow edition) => edition.MailingKey is not null && mail.Value.Mode is MailMode.Live or MailMode.Pickup;

    // A slot asked for by hand, or a zone that was changed, may name an hour a second time.
    private static async Task<string> SlugAsync(DataConnection transaction, EditionRow edition, DateTimeOffset local, CancellationToken cancellationToken)
    {
        var slug = $"{edition.Cadence}-{local.ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture)}";
        return await transaction.GetTable<ArchivedEditionRow>().AnyAsync(row => row.Slug == slug, cancellationToken)
            ? $"{edition.Cadence}-{edition.Slot.UtcDateTime.ToString("yyyyMMdd't'HHmmssfff'z'", CultureInfo.InvariantCulture)}"
            : slug;
    }

    // A zone that the machine's data has no more: the publication's clocks.
    private DateTimeOffset Local(DateTimeOffset slot, string zone) =>
        TimeZoneInfo.ConvertTime(slot, TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.FindSystemTimeZoneById(publication.Value.TimeZone));
}
