using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Syndication.Hub;

/// <summary>
/// The hub's desk (https://www.w3.org/TR/websub/): takes requests to subscribe and to unsubscribe. Whether the owner of the
/// callback means it is asked afterwards, by the worker.
/// </summary>
public sealed class WebSubHub
{
    private const string NoFeed = "hub.topic is no feed of this publication; write the address of a live feed exactly as its rel=\"self\" link has it.";
    private const string Ended = "hub.topic is a feed that has ended: nothing is published in its category any more. Take another feed of the publication.";

    private readonly FeedLibrary library;
    private readonly SubscriptionBook book;
    private readonly WorkSignal signal;
    private readonly HubOptions options;
    private readonly string publicationBase;

    internal WebSubHub(FeedLibrary library, SubscriptionBook book, WorkSignal signal, IOptions<FeedOptions> options, IOptions<PublicationOptions> publication)
    {
        this.library = library;
        this.book = book;
        this.signal = signal;
        this.options = options.Value.Hub;
        publicationBase = publication.Value.Base.AbsoluteUri;
    }

    /// <summary>Whether there is a hub: <c>Feeds:Hub:Enabled</c>.</summary>
    public bool IsOpen => options.Enabled;

    /// <summary>Takes a request; a wish that is accepted is in the database on return.</summary>
    public async Task<HubAnswer> TakeAsync(HubRequest request, CancellationToken cancellationToken)
    {
        var (wish, refusal) = Wish.Read(request, options.AllowPrivateCallbacks);
        if (wish is null)
        {
            return new HubAnswer(HubAnswerKind.Refused, refusal!);
        }

        var answer = wish.Mode == HubMode.Unsubscribe
            ? await EndAsync(wish, cancellationToken)
            : await BeginAsync(wish, cancellationToken);
        if (answer.Kind == HubAnswerKind.Accepted)
        {
            signal.Raise();
        }

        return answer;
    }

    private async Task<HubAnswer> BeginAsync(Wish wish, CancellationToken cancellationToken)
    {
        var path = PathOf(wish.Topic);
        var answer = path is null ? new FeedAnswer.Unknown() : await FindAsync(path, cancellationToken);
        if (answer is not FeedAnswer.Found { Document: var document })
        {
            return new HubAnswer(HubAnswerKind.Refused, answer is FeedAnswer.Ended ? Ended : NoFeed);
        }

        // An address from before a renaming is taken as well, and stays what it was subscribed to by: a subscriber knows its
        // subscription by the address that it wrote, and learns the new one from the first push.
        return await book.AskAsync(wish, path!, document.ETag, cancellationToken) switch
        {
            Room.Enough => new HubAnswer(HubAnswerKind.Accepted, "Your callback will be asked whether it wants this."),
            Room.NoneForHost => new HubAnswer(HubAnswerKind.Full, "There are too many subscriptions at that callback's host, or too many that it has not confirmed; try again later."),
            _ => new HubAnswer(HubAnswerKind.Full, "The hub has as many subscriptions as it can serve; try again later."),
        };
    }

    private async Task<FeedAnswer> FindAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await library.FollowAsync(path, cancellationToken);
        if (answer is FeedAnswer.Found)
        {
            return answer;
        }

        // Another process may have made or renamed it a moment ago, and pushed its address to this very subscriber.
        await library.RefreshAsync(cancellationToken);
        return await library.FollowAsync(path, cancellationToken);
    }

    // A feed may have ended, and its subscribers must be able to go.
    private async Task<HubAnswer> EndAsync(Wish wish, CancellationToken cancellationToken) =>
        PathOf(wish.Topic) is { } path && await book.AskForEndAsync(wish, path, cancellationToken)
            ? new HubAnswer(HubAnswerKind.Accepted, "Your callback will be asked whether it wants this.")
            : new HubAnswer(HubAnswerKind.Refused, "There is no such subscription; write hub.topic and hub.callback as they were when you subscribed.");

    /// <summary>The path of a live feed, or of what has its shape; null for anything else.</summary>
    private string? PathOf(string topic) =>
        topic.StartsWith(publicationBase, StringComparison.Ordinal) && LiveFeeds.IsPath(topic[publicationBase.Length..])
            ? topic[publicationBase.Length..]
            : null;
}
