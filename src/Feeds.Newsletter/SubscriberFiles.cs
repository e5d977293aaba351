using Feeds.Newsletter.Importing;

namespace Feeds.Newsletter;

/// <summary>Subscribers as files of comma-separated values, from here and from other programs.</summary>
public sealed class SubscriberFiles
{
    private readonly SubscriberImport import;
    private readonly SubscriberExport export;

    internal SubscriberFiles(SubscriberImport import, SubscriberExport export) => (this.import, this.export) = (import, export);

    /// <summary>
    /// Brings the people of a file in. Who left here or is on the suppression list stays so; who left or bounced there is
    /// noted so. Nothing is sent to anybody. Stopped or killed anywhere, it goes on from there when it is called again.
    /// </summary>
    /// <param name="request">Which file, and what is said of it.</param>
    /// <param name="progress">Told now and then; or null.</param>
    /// <param name="cancellationToken">Gives up; what was done so far is kept.</param>
    /// <exception cref="InvalidDataException">The file can't be read or what is said of it is wrong: a sentence with the mend.</exception>
    public Task<SubscriberImportReport> ImportAsync(SubscriberImportRequest request, Action<SubscriberImportProgress>? progress, CancellationToken cancellationToken) =>
        import.RunAsync(request, progress, cancellationToken);

    /// <summary>Writes every subscription, a row each, by the time they were first known; importing it elsewhere makes the same subscriptions.</summary>
    /// <returns>How many.</returns>
    public Task<long> ExportAsync(TextWriter target, CancellationToken cancellationToken) => export.RunAsync(target, cancellationToken);
}
