using System.Buffers;
using System.Text;
using MimeKit;
using MimeKit.Text;

namespace Feeds.Mail;

/// <summary>What a mail to a return address is.</summary>
internal enum ReturnedKind
{
    /// <summary>The mail didn't arrive.</summary>
    Bounce,

    /// <summary>A report that needs no doing: the mail is late, has arrived or was read.</summary>
    Notice,

    /// <summary>The recipient called it unwanted (RFC 5965).</summary>
    Complaint,

    /// <summary>The recipient wants to leave.</summary>
    Unsubscribe,

    /// <summary>An absence notice or the like (RFC 3834).</summary>
    AutomaticReply,

    /// <summary>Somebody wrote.</summary>
    Ordinary,

    /// <summary>It can't be told; a person has to look.</summary>
    Unreadable,
}

/// <summary>
/// What came back, as far as it tells by itself. Anybody can write anything: nothing may follow from it unless
/// <see cref="ReturnAddress"/> knows one of <see cref="SentTo"/>.
/// </summary>
/// <param name="Kind">What it is.</param>
internal sealed record ReturnedMail(ReturnedKind Kind)
{
    /// <summary>What the reason of <see cref="ReturnedKind.Unreadable"/> begins with where it is our own mistake.</summary>
    internal const string OwnMistake = "Reading it failed by our own mistake";

    private const string NoMail = "It is no mail: it doesn’t begin with header lines (RFC 5322 §2.2).";
    private const int LongestMail = 1 << 20;
    private const int MaximumParts = 200;
    private const int MaximumDepth = 20;
    private const int LongestText = 100_000;

    private static readonly ParserOptions Bounds = MakeBounds();

    /// <summary>Addresses that may carry the delivery's token, at most 60: where the mail went to; of a complaint also who the unwanted mail came from.</summary>
    public IReadOnlyList<string> SentTo { get; init; } = [];

    /// <summary>Of a bounce: whom the mail didn't reach, at least one and at most 100.</summary>
    public IReadOnlyList<BouncedRecipient> Recipients { get; init; } = [];

    /// <summary>
    /// The same however often and by whatever road the mail comes: of its Message-ID, or where it has none of its bytes, however its lines end.
    /// A hash, so that it has one length.
    /// </summary>
    public string Identity { get; init; } = "";

    /// <summary>Of an unreadable mail: why, in a sentence without addresses.</summary>
    public string? Reason { get; init; }

    /// <summary>Reads the first 1,048,576 bytes: the returned mail at the end may be larger, and isn't needed.</summary>
    /// <exception cref="IOException">The stream can't be read; whatever its bytes are, nothing is thrown.</exception>
    public static ReturnedMail Read(Stream stream)
    {
        // Thousands may come at once: a megabyte for each of them would be the collector's.
        var bytes = ArrayPool<byte>.Shared.Rent(LongestMail);
        try
        {
            return Read(bytes, stream.ReadAtLeast(bytes.AsSpan(0, LongestMail), LongestMail, throwOnEndOfStream: false));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static ReturnedMail Read(byte[] bytes, int length)
    {
        var whole = bytes.AsSpan(0, length);
        try
        {
            var start = AfterMailboxLine(whole);
            using var content = new MemoryStream(bytes, start, length - start, writable: false);
            using var message = new MimeParser(Bounds, content, MimeFormat.Entity).ParseMessage();
            return message.Headers.Count > 0 ? Judge(message) with { Identity = ReturnedHeaders.Identity(message.Headers, whole[start..]) } : Unreadable(NoMail);
        }
        catch (FormatException)
        {
            return Unreadable(NoMail);
        }
        catch (Exception mistake) when (mistake is not OutOfMemoryException)
        {
            // One poisoned mail must not hold up those behind it.
            return Unreadable($"{OwnMistake} ({mistake.GetType().Name}).");
        }
    }

    private static ParserOptions MakeBounds()
    {
        var bounds = ParserOptions.Default.Clone();
        bounds.MaxMimeDepth = MaximumDepth;
        return bounds;
    }

    private static ReturnedMail Judge(MimeMessage message)
    {
        var (parts, tooDeep) = Leaves(message.Body);
        var sentTo = ReturnedHeaders.SentTo(message.Headers);
        var isReport = message.Body?.ContentType.IsMimeType("multipart", "report") == true;
        var judged = (isReport ? Complaint(parts) : null)
            ?? (isReport || ReturnedHeaders.IsFromDaemon(message.Headers) ? Report(message, parts, sentTo) : null)
            ?? Written(message, sentTo, tooDeep);
        return judged with { SentTo = [.. sentTo, .. judged.SentTo] };
    }

    private static ReturnedMail? Complaint(IReadOnlyList<MimeEntity> parts)
    {
        if (parts.OfType<MessageFeedbackReport>().FirstOrDefault() is not { } report)
        {
            return null;
        }

        if (ReturnedHeaders.Value(report.Fields, "Feedback-Type").ToLowerInvariant() is "not-spam" or "auth-failure")
        {
            return new ReturnedMail(ReturnedKind.Notice);
        }

        var returned = parts.OfType<MessagePart>().FirstOrDefault()?.Message;
        return new ReturnedMail(ReturnedKind.Complaint)
        {
            SentTo = [.. ReturnedHeaders.Addresses(report.Fields, "Original-Mail-From"), .. returned is null ? [] : ReturnedHeaders.Addresses(returned.Headers, "Return-Path")],
        };
    }

    private static ReturnedMail? Report(MimeMessage message, IReadOnlyList<MimeEntity> parts, IReadOnlyList<string> sentTo)
    {
        if (DeliveryReport.Read(parts.OfType<MessageDeliveryStatus>()) is { } recipients)
        {
            return Bounce(recipients);
        }

        if (parts.OfType<MessageDispositionNotification>().Any())
        {
            return new ReturnedMail(ReturnedKind.Notice);
        }

        var text = Text(parts);
        if (BounceText.IsWarning(ReturnedHeaders.Value(message.Headers, "Subject"), text))
        {
            return new ReturnedMail(ReturnedKind.Notice);
        }

        var failed = ReturnedHeaders.Addresses(message.Headers, "X-Failed-Recipients");
        return BounceText.Read(text, sentTo, failed) is { Count: > 0 } told
            ? Bounce(told)
            : Unreadable("It is a mail server’s report that tells neither a recipient nor a reason.");
    }

    private static ReturnedMail Written(MimeMessage message, IReadOnlyList<string> sentTo, bool tooDeep)
    {
        // Before automatic replies: some programs call the mails so that they write for the button "unsubscribe".
        if (sentTo.Any(address => ReturnAddress.LooksLike(ReturnPurpose.Unsubscribe, address))
            || string.Equals(ReturnedHeaders.Value(message.Headers, "Subject"), "unsubscribe", StringComparison.OrdinalIgnoreCase))
        {
            return new ReturnedMail(ReturnedKind.Unsubscribe);
        }

        if (ReturnedHeaders.IsAutomatic(message.Headers))
        {
            return new ReturnedMail(ReturnedKind.AutomaticReply);
        }

        return tooDeep ? Unreadable("Its parts are nested more than 20 deep.") : new ReturnedMail(ReturnedKind.Ordinary);
    }

    private static ReturnedMail Bounce(IReadOnlyList<BouncedRecipient> recipients) =>
        recipients.Count == 0 ? new ReturnedMail(ReturnedKind.Notice) : new ReturnedMail(ReturnedKind.Bounce) { Recipients = recipients };

    private static ReturnedMail Unreadable(string reason) => new(ReturnedKind.Unreadable) { Reason = reason };

    /// <summary>The parts that hold no others, in order. The returned mail is one of them: what it holds is nobody's report.</summary>
    private static (IReadOnlyList<MimeEntity> Parts, bool TooDeep) Leaves(MimeEntity? body)
    {
        var leaves = new List<MimeEntity>();
        var waiting = new Stack<MimeEntity>();
        if (body is not null)
        {
            waiting.Push(body);
        }

        for (var count = 0; count < MaximumParts && waiting.TryPop(out var entity); count++)
        {
            if (entity is not Multipart multipart)
            {
                leaves.Add(entity);
                continue;
            }

            foreach (var part in multipart.Take(MaximumParts).Reverse())
            {
                waiting.Push(part);
            }
        }

        // The parser leaves unopened what lies deeper than it may go.
        return (leaves, leaves.Any(leaf => leaf is MimePart && leaf.ContentType.IsMimeType("multipart", "*")));
    }

    private static string Text(IReadOnlyList<MimeEntity> parts)
    {
        var texts = parts.OfType<TextPart>().Where(part => !part.ContentType.IsMimeType("text", "rfc822-headers")).ToList();
        var text = new StringBuilder();
        foreach (var part in texts.Where(part => part.IsPlain).DefaultIfEmpty(texts.FirstOrDefault()).OfType<TextPart>())
        {
            text.Append(part.IsHtml ? WithoutTags(Decoded(part)) : Decoded(part)).Append('\n');
            if (text.Length > LongestText)
            {
                break;
            }
        }

        return text.ToString(0, Math.Min(text.Length, LongestText));
    }

    /// <summary>In Shift_JIS, too: .NET knows it only when asked so, and MimeKit only where that was done before its first use.</summary>
    private static string Decoded(TextPart part)
    {
        try
        {
            return part.ContentType.Charset is { } charset
                ? part.GetText(CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset))
                : part.Text;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return part.Text;
        }
    }

    private static string WithoutTags(string html)
    {
        var text = new StringBuilder();
        var tokens = new HtmlTokenizer(new StringReader(html));
        while (text.Length < LongestText && tokens.ReadNextToken(out var token))
        {
            if (token is HtmlDataToken data and not HtmlScriptDataToken)
            {
                text.Append(data.Data);
            }
            else if (token is HtmlTagToken { Id: HtmlTagId.Br or HtmlTagId.P or HtmlTagId.Div or HtmlTagId.TD or HtmlTagId.LI })
            {
                text.Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>Some programs write a mailbox's dividing line before what they pipe.</summary>
    private static int AfterMailboxLine(ReadOnlySpan<byte> bytes) => bytes.StartsWith("From "u8) ? bytes.IndexOf((byte)'\n') + 1 : 0;
}
