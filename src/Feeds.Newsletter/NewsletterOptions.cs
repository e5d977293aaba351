using Feeds.Mail;

namespace Feeds.Newsletter;

/// <summary>Section <c>Newsletter</c> of the configuration.</summary>
public sealed class NewsletterOptions
{
    /// <summary>What people can join, on a new database. A cadence that names none of them is a newsletter of its own.</summary>
    public IList<NewsletterEntryOptions> Newsletters { get; } = [];

    /// <summary>The cadences that a new database starts with; afterwards the store is the truth.</summary>
    public IList<CadenceOptions> Cadences { get; } = [];

    /// <summary>How much mail strangers can cause.</summary>
    public JoinOptions Join { get; } = new();

    /// <summary>How long people are kept.</summary>
    public RetentionOptions Retention { get; } = new();

    /// <summary>Programs that are told who joins and leaves; none by default.</summary>
    public IList<WebhookOptions> Webhooks { get; } = [];
}

/// <summary>One entry of <c>Newsletter:Newsletters</c>.</summary>
public sealed class NewsletterEntryOptions
{
    /// <summary>Lower-case ASCII letters, digits and hyphens, at most 40.</summary>
    public string Name { get; set; } = "";

    /// <summary>What people read, at most 100 characters; the name where it is lacking.</summary>
    public string? Title { get; set; }

    /// <summary>On no page: only the operator adds subscribers. False by default.</summary>
    public bool Private { get; set; }

    /// <summary>What a newcomer gets at once: <c>None</c> by default, or <c>Recent</c>.</summary>
    public Welcome Welcome { get; set; }
}

/// <summary>One entry of <c>Newsletter:Cadences</c>.</summary>
public sealed class CadenceOptions
{
    /// <summary>Lower-case ASCII letters, digits and hyphens, at most 40; it names the cadence in commands and addresses.</summary>
    public string Name { get; set; } = "";

    /// <summary>What people read, at most 100 characters; the name where it is lacking.</summary>
    public string? Title { get; set; }

    /// <summary>Name of an entry of <c>Newsletter:Newsletters</c>; lacking, the cadence is a newsletter of its own.</summary>
    public string? Newsletter { get; set; }

    /// <summary>Quartz cron expression of six or seven fields, from seconds.</summary>
    public string Cron { get; set; } = "";

    /// <summary>IANA zone; the publication's where it is lacking.</summary>
    public string? Zone { get; set; }

    /// <summary>Names or slugs of categories; all where it is lacking or empty.</summary>
    public IList<string> Categories { get; } = [];

    /// <summary>A person for whom fewer articles than this are new gets nothing, and they wait for the next slot; 1–100, 1 by default.</summary>
    public int MinimumArticles { get; set; } = 1;

    /// <summary>An edition shows at most so many; 1–100, 10 by default.</summary>
    public int MaximumArticles { get; set; } = 10;

    /// <summary>What becomes of the others: <c>Count</c> (“and 12 more”) by default, or <c>Carry</c>: they wait for the next edition.</summary>
    public Overflow Overflow { get; set; }

    /// <summary>
    /// What is done about mails of which nobody knows whether they arrived: <c>Resend</c> by default, <c>Hold</c> or <c>Ask</c>.
    /// Unlike the others it is not in the store: each edition takes it from here when it is frozen.
    /// </summary>
    public UncertainPolicy Uncertain { get; set; }
}
