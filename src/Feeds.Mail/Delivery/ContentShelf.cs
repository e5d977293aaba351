using System.Collections.Concurrent;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;

namespace Feeds.Mail;

/// <summary>A content as it is sent to all its recipients: encoded, beside what its mailing says.</summary>
/// <param name="Mailing">Without its parts.</param>
/// <param name="Content">Encoded once.</param>
internal sealed record ShelvedContent(Mailing Mailing, EncodedContent Content);

/// <summary>Keeps the contents that are being sent; they never change once stored, since another in its place has another number.</summary>
internal sealed class ContentShelf(Database database)
{
    private const int Capacity = 64;
    private readonly ConcurrentDictionary<long, ShelvedContent> shelf = new();

    public async Task<ShelvedContent> GetAsync(long contentId)
    {
        if (shelf.TryGetValue(contentId, out var found))
        {
            return found;
        }

        if (shelf.Count >= Capacity)
        {
            shelf.Clear();
        }

        return shelf.GetOrAdd(contentId, await LoadAsync(contentId));
    }

    private Task<ShelvedContent> LoadAsync(long contentId) => database.ReadAsync(async connection =>
    {
        var content = await connection.GetTable<ContentRow>().SingleAsync(row => row.Id == contentId);
        var mailing = await connection.GetTable<MailingRow>().SingleAsync(row => row.Id == content.MailingId);
        var list = mailing is { ListName: { } name, ListIdentifier: { } identifier } ? new ListId(name, identifier) : null;
        return new ShelvedContent(
            new Mailing(mailing.Key, mailing.Date, content.Language ?? mailing.Language, list, []) { FromName = mailing.FromName, AnswersForm = mailing.AnswersForm },
            EncodedContent.Encode(content.ToContent()));
    });
}
