namespace Feeds.Newsletter.Joining;

/// <summary>What a request shows for itself, and so how much of each budget it may draw on.</summary>
internal enum JoinWorth
{
    /// <summary>Nothing: a form in another site's page, or a program. A quarter.</summary>
    Bare = 1,

    /// <summary>It came from a page of ours. Half.</summary>
    Form = 2,

    /// <summary>Its browser worked for it. All.</summary>
    Proven = 4,
}

/// <summary>What is counted.</summary>
internal enum BudgetScope
{
    /// <summary>All mails.</summary>
    Everybody,

    /// <summary>Those to one domain.</summary>
    Domain,

    /// <summary>Those that one network caused.</summary>
    Network,

    /// <summary>Those to one address.</summary>
    Address,
}
