using MimeKit;

namespace Feeds.Mail;

/// <summary>
/// The body of one recipient's message, written from the content's encoded pieces instead of being encoded anew
/// (measured: twice as many messages a second).
/// </summary>
internal sealed class SplicedBody : MimeEntity
{
    private readonly EncodedContent content;
    private readonly IReadOnlyDictionary<string, string> personal;

    public SplicedBody(EncodedContent content, IReadOnlyDictionary<string, string> personal)
        : base(content.Boundary is { } boundary ? new ContentType("multipart", "alternative") { Boundary = boundary } : new ContentType("text", "plain") { Charset = "utf-8" })
    {
        this.content = content;
        this.personal = personal;
        if (content.Boundary is null)
        {
            Headers.Add(HeaderId.ContentTransferEncoding, "quoted-printable");
        }
    }

    /// <summary>Awaited when the last byte of the body was written to a stream; what it throws stops the message before its end.</summary>
    public Func<Task>? Written { get; set; }

    /// <summary>No message with this body is smaller.</summary>
    public long LeastOctets => content.LeastOctets;

    /// <inheritdoc/>
    public override void Prepare(EncodingConstraint constraint, int maxLineLength = 78)
    {
        // Quoted-printable passes everywhere.
    }

    /// <inheritdoc/>
    public override void WriteTo(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        base.WriteTo(options, stream, contentOnly, cancellationToken);
        content.Write(stream, personal);
    }

    /// <inheritdoc/>
    public override async Task WriteToAsync(FormatOptions options, Stream stream, bool contentOnly, CancellationToken cancellationToken = default)
    {
        await base.WriteToAsync(options, stream, contentOnly, cancellationToken);
        await content.WriteAsync(stream, personal, cancellationToken);
        await (Written?.Invoke() ?? Task.CompletedTask);
    }
}
