namespace Feeds.Newsletter.Importing;

/// <summary>What is done about a row.</summary>
internal enum Deed
{
    /// <summary>They are subscribed.</summary>
    Confirm,

    /// <summary>They are kept as unconfirmed.</summary>
    Keep,

    /// <summary>It is noted that they have left, who had no subscription.</summary>
    NoteLeft,

    /// <summary>Their subscription ends.</summary>
    End,

    /// <summary>Nobody writes to them any more.</summary>
    List,

    Known,
    StayLeft,
    StaySuppressed,
}

/// <summary>Where somebody stands here.</summary>
/// <param name="State">Null where there is no subscription.</param>
/// <param name="SubscriberId">0 where there is none.</param>
/// <param name="HasAsked">Whether they asked for it by a form.</param>
/// <param name="ChosenAt">When they last chose it here; null for those whom a file brought.</param>
internal readonly record struct Standing(SubscriptionState? State, long SubscriberId, bool HasAsked, DateTimeOffset? ChosenAt)
{
    /// <summary>What follows from a row of a file: whoever doesn't want to be written to, here or there, isn't.</summary>
    /// <param name="person">What the row says.</param>
    /// <param name="isSuppressed">Whether nobody writes to the address.</param>
    /// <param name="isVouched">Whether the operator can prove that the people of the file agreed.</param>
    public Deed About(ImportedPerson person, bool isSuppressed, bool isVouched) => person.State switch
    {
        ImportedState.Bounced or ImportedState.Complained => isSuppressed ? Deed.StaySuppressed : Deed.List,
        ImportedState.Left => State switch
        {
            null => Deed.NoteLeft,
            SubscriptionState.Left => Deed.StayLeft,
            SubscriptionState.Unconfirmed => HasAsked ? Deed.Known : Deed.NoteLeft,
            // Who chose it here after leaving there goes on.
            _ => ChosenAt is { } chosen && (person.LeftAt is null || person.LeftAt <= chosen) ? Deed.Known : Deed.End,
        },
        _ when isSuppressed => Deed.StaySuppressed,
        _ => State switch
        {
            SubscriptionState.Left => Deed.StayLeft,
            SubscriptionState.Confirmed => Deed.Known,
            SubscriptionState.Unconfirmed when !isVouched || person.State == ImportedState.Unconfirmed => Deed.Known,
            _ => isVouched && person.State == ImportedState.Confirmed ? Deed.Confirm : Deed.Keep,
        },
    };

    /// <summary>Where they stand afterwards.</summary>
    public Standing After(Deed deed) => deed switch
    {
        Deed.Confirm => this with { State = SubscriptionState.Confirmed, ChosenAt = null },
        Deed.Keep => this with { State = SubscriptionState.Unconfirmed },
        Deed.NoteLeft or Deed.End => this with { State = SubscriptionState.Left },
        _ => this,
    };
}

internal static class Deeds
{
    public static SubscriberImportCounts With(this SubscriberImportCounts counts, Deed deed) => deed switch
    {
        Deed.Confirm => counts with { Confirmed = counts.Confirmed + 1 },
        Deed.Keep => counts with { Unconfirmed = counts.Unconfirmed + 1 },
        Deed.NoteLeft or Deed.End => counts with { Left = counts.Left + 1 },
        Deed.List => counts with { Listed = counts.Listed + 1 },
        Deed.Known => counts with { Known = counts.Known + 1 },
        Deed.StayLeft => counts with { StayLeft = counts.StayLeft + 1 },
        _ => counts with { StaySuppressed = counts.StaySuppressed + 1 },
    };
}
