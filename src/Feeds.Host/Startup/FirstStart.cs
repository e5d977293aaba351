using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter;
using Feeds.Scheduling;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Startup;

/// <summary>
/// The first start on an empty store without <c>Articles:Folder</c>: brings in the sample publication and writes a digest
/// of it into the pickup folder, so that the main job has visibly been done.
/// </summary>
internal sealed class FirstStart(
    ArticleStore articles,
    FolderImport import,
    ScheduleBook schedules,
    Editions editions,
    PickupFolder mails,
    IOptions<ArticlesOptions> articlesOptions,
    IOptions<MailOptions> mailOptions,
    TimeProvider clock)
{
    private const string DigestName = "sample-digest.eml";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(articlesOptions.Value.Folder)
            || (await articles.StateAsync(cancellationToken)).Sequence > 0
            || (await articles.CategoriesAsync(cancellationToken)).Count > 0
            || !Directory.Exists(ProgramFolders.Sample))
        {
            return;
        }

        await import.ImportAsync(ProgramFolders.Sample, cancellationToken);
        if (mailOptions.Value.Mode == MailMode.Pickup && await NextAsync(schedules, cancellationToken) is { } next)
        {
            await WriteDigestAsync(next.Cadence, next.Slot, cancellationToken);
        }
    }

    /// <summary>The cadence that goes out next, and when, in its own zone.</summary>
    public static async Task<(Cadence Cadence, DateTimeOffset Slot)?> NextAsync(ScheduleBook schedules, CancellationToken cancellationToken)
    {
        var listed = await schedules.ListAsync(cancellationToken);
        return listed.Where(one => one.NextRuns.Count > 0).MinBy(one => one.NextRuns[0]) is { } next
            ? (next.Cadence, next.NextRuns[0])
            : null;
    }

    private async Task WriteDigestAsync(Cadence cadence, DateTimeOffset slot, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        if (await editions.PreviewAsync(cadence.Name, clock.GetUtcNow() < slot ? clock.GetUtcNow() : slot, message, cancellationToken))
        {
            mails.Create();
            await File.WriteAllBytesAsync(Path.Combine(mails.Path, DigestName), message.ToArray(), cancellationToken);
        }
    }
}
