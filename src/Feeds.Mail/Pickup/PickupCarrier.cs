using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>
/// Writes mails into the pickup folder. The file's name is the Message-ID, so writing a mail again overwrites it: nothing
/// here is ever uncertain.
/// </summary>
internal sealed class PickupCarrier(IOptions<MailOptions> options) : ICarrier, ICarrierConnection
{
    private readonly string folder = Path.GetFullPath(options.Value.PickupFolder);

    /// <inheritdoc/>
    public string Name => "pickup";

    /// <inheritdoc/>
    public int Connections => options.Value.Smtp.Connections;

    /// <inheritdoc/>
    public bool IsUsable => true;

    /// <inheritdoc/>
    public Task<CarrierOpening> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            PickupFile.MakeFolder(folder);
            return Task.FromResult(new CarrierOpening(this, null));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Task.FromResult(new CarrierOpening(null, Sentence(refused)));
        }
    }

    /// <inheritdoc/>
    public async Task<Outcome> SendAsync(OutgoingMail mail)
    {
        var path = Path.Combine(folder, PickupFile.NameFor(mail.MessageId));
        var part = $"{path}.part";
        try
        {
            await using (var file = Create(part))
            {
                await mail.Message.WriteToAsync(MessageComposer.Format(international: true), file);
                await file.FlushAsync();
                file.Flush(flushToDisk: true);
            }

            if (!await mail.MayFinish())
            {
                File.Delete(part);
                return new Outcome(OutcomeKind.Untouched);
            }

            File.Move(part, path, overwrite: true);
            return new Outcome(OutcomeKind.Accepted, Text: "Written to the pickup folder.");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new Outcome(OutcomeKind.Untouched) { Trouble = Sentence(refused) };
        }
    }

    /// <summary>The folder stays; there is nothing to close.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static FileStream Create(string path)
    {
        var how = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, how);
    }

    // The system's text may name the file, and with it the message; it stays out of the log.
    private static string Sentence(Exception refused) =>
        $"Mail:PickupFolder can't be written ({refused.GetType().Name}, 0x{refused.HResult:x8}); see that the disk has room and that this user may write there.";
}
