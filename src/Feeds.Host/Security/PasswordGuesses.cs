using System.Net;
using Feeds.Newsletter;

namespace Feeds.Host.Security;

/// <summary>
/// How many passwords are tried at <c>/admin/login</c>, whoever tries: beyond that none is compared, the right one neither.
/// Each process counts for itself, and anew after a start.
/// </summary>
/// <remarks>
/// A place is taken before the password is compared, so that a thousand at once are no more than one after the other; the
/// right one gives it back. So a list never holds more than <see cref="MostOfAll"/>.
/// </remarks>
public sealed class PasswordGuesses(TimeProvider clock)
{
    /// <summary>Wrong ones from one network within <see cref="Span"/>.</summary>
    public const int MostOfOneNetwork = 10;

    /// <summary>Wrong ones from everywhere within <see cref="Span"/>: thousands of machines may guess for one who has them.</summary>
    public const int MostOfAll = 500;

    /// <summary>So long each counts.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly LinkedList<Guess> guesses = [];

    /// <summary>Takes a place for one try.</summary>
    /// <param name="from">Where it comes from. This machine itself needs no place among all, so that whoever runs it gets in while the whole world guesses.</param>
    /// <param name="wait">How long there will be none; zero where there is one.</param>
    /// <returns>The place, or null where there is none.</returns>
    public Guess? TryTake(IPAddress? from, out TimeSpan wait)
    {
        var network = NetworkPrefix.Of(from);
        lock (gate)
        {
            while (guesses.First is { } oldest && clock.GetElapsedTime(oldest.Value.At) >= Span)
            {
                guesses.Remove(oldest);
            }

            var own = guesses.Where(guess => string.Equals(guess.Network, network, StringComparison.Ordinal)).ToList();
            var full = own.Count >= MostOfOneNetwork ? own[0] : guesses.Count >= MostOfAll && (from is null || !IPAddress.IsLoopback(from)) ? guesses.First!.Value : null;
            wait = full is null ? TimeSpan.Zero : Span - clock.GetElapsedTime(full.At);
            return full is null ? guesses.AddLast(new Guess(network, clock.GetTimestamp())).Value : null;
        }
    }

    /// <summary>The password was right: the place is free again.</summary>
    public void GiveBack(Guess guess)
    {
        lock (gate)
        {
            guesses.Remove(guess);
        }
    }
}

/// <summary>One try.</summary>
/// <param name="Network">As <see cref="NetworkPrefix"/> names it.</param>
/// <param name="At">By the clock that measures durations.</param>
public sealed record Guess(string Network, long At);
