using System.Globalization;
using System.Net;
using Feeds.Host.Security;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Host.Tests;

public sealed class PasswordGuessesTests
{
    private readonly FakeTimeProvider clock = new();

    [Fact, Attack(38)]
    public void A_network_has_ten_guesses_an_hour_however_many_come_at_once_and_the_right_one_costs_nothing()
    {
        var guesses = new PasswordGuesses(clock);

        var taken = Enumerable.Range(0, 1_000).AsParallel().Select(number => guesses.TryTake(Address($"2001:db8:7:{number:x}::1"), out _)).Where(guess => guess is not null).ToList();
        Assert.Equal(PasswordGuesses.MostOfOneNetwork, taken.Count);
        guesses.GiveBack(taken[0]!);
        Assert.NotNull(guesses.TryTake(Address("2001:db8:7::1"), out _));
        Assert.NotNull(guesses.TryTake(Address("2001:db8:8::1"), out _));

        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Null(guesses.TryTake(Address("2001:db8:7::1"), out var wait));
        Assert.Equal(TimeSpan.FromMinutes(1), wait);
        clock.Advance(wait);
        Assert.NotNull(guesses.TryTake(Address("2001:db8:7::1"), out wait));
        Assert.Equal(TimeSpan.Zero, wait);
    }

    [Fact, Attack(38)]
    public void All_networks_together_have_five_hundred_and_whoever_is_on_this_machine_still_gets_in()
    {
        var guesses = new PasswordGuesses(clock);

        var taken = Enumerable.Range(0, 5_000).Count(number => guesses.TryTake(Address(string.Create(CultureInfo.InvariantCulture, $"{1 + (number % 100)}.{number / 100}.0.9")), out _) is not null);

        Assert.Equal(PasswordGuesses.MostOfAll, taken);
        Assert.Null(guesses.TryTake(Address("198.51.100.1"), out _));
        Assert.Equal(PasswordGuesses.MostOfOneNetwork, Enumerable.Range(0, 100).Count(number => guesses.TryTake(number % 2 == 0 ? IPAddress.Loopback : IPAddress.Loopback.MapToIPv6(), out _) is not null));
        clock.Advance(PasswordGuesses.Span);
        Assert.NotNull(guesses.TryTake(Address("198.51.100.1"), out _));
    }

    private static IPAddress Address(string text) => IPAddress.Parse(text);
}
