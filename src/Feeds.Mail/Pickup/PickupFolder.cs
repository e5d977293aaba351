using Microsoft.Extensions.Options;
using MimeKit;

namespace Feeds.Mail;

/// <summary>A mail of the pickup folder, for reading.</summary>
/// <param name="Name">File name.</param>
/// <param name="WrittenAt">When it was written (UTC).</param>
/// <param name="To">The recipient's address.</param>
/// <param name="Subject">Decoded.</param>
public sealed record PickedUpMail(string Name, DateTimeOffset WrittenAt, string To, string Subject);

/// <summary>The bodies of a mail of the pickup folder.</summary>
public sealed record PickedUpContent(PickedUpMail Mail, string Html, string Text);

/// <summary>The pickup folder, for reading.</summary>
public sealed class PickupFolder(IOptions<MailOptions> options)
{
    private const int MaximumList = 1000;

    // What other programs leave in the folder is not ours to swallow.
    private const long MaximumOctets = 10 * 1024 * 1024;

    private readonly string folder = System.IO.Path.GetFullPath(options.Value.PickupFolder);

    /// <summary>The folder's absolute path; it may not exist yet.</summary>
    public string Path => folder;

    /// <summary>Makes the folder, for its owner only, if it is lacking.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public void Create() => PickupFile.MakeFolder(folder);

    /// <summary>The newest mails, newest first, at most <paramref name="count"/> (and 1000).</summary>
    public async Task<IReadOnlyList<PickedUpMail>> ListAsync(int count, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var mails = new List<PickedUpMail>();
        var files = new DirectoryInfo(folder).EnumerateFiles($"*{PickupFile.Extension}")
            .OrderByDescending(file => file.LastWriteTimeUtc)
            .ThenBy(file => file.Name, StringComparer.Ordinal)
            .Take(Math.Clamp(count, 0, MaximumList));
        foreach (var file in files)
        {
            if (await TryAsync(file, async stream => ToMail(file, await HeaderList.LoadAsync(stream, cancellationToken))) is { } mail)
            {
                mails.Add(mail);
            }
        }

        return mails;
    }

    /// <summary>The mail of that file name, or null; a name that leaves the folder finds nothing.</summary>
    public async Task<PickedUpContent?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > 255
            || name.Contains('\0', StringComparison.Ordinal)
            || name.Contains('\\', StringComparison.Ordinal)
            || !string.Equals(System.IO.Path.GetFileName(name), name, StringComparison.Ordinal)
            || !name.EndsWith(PickupFile.Extension, StringComparison.Ordinal))
        {
            return null;
        }

        var file = new FileInfo(System.IO.Path.Combine(folder, name));
        return await TryAsync(
            file,
            async stream =>
            {
                using var message = await MimeMessage.LoadAsync(stream, cancellationToken);
                return new PickedUpContent(ToMail(file, message.Headers), message.HtmlBody ?? "", message.TextBody ?? "");
            });
    }

    private static PickedUpMail ToMail(FileInfo file, HeaderList headers) => new(
        file.Name,
        new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero),
        (headers[HeaderId.To] ?? "").Trim(),
        (headers[HeaderId.Subject] ?? "").Trim());

    /// <summary>Null where the file is gone, a link, too large or no mail.</summary>
    private static async Task<T?> TryAsync<T>(FileInfo file, Func<Stream, Task<T>> read)
        where T : class
    {
        try
        {
            if (!file.Exists || file.LinkTarget is not null || file.Length > MaximumOctets)
            {
                return null;
            }

            await using var stream = file.OpenRead();
            return await read(stream);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
