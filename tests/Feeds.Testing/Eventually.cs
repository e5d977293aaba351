using Xunit;

namespace Feeds.Testing;

/// <summary>Waits for something that happens on its own, by looking at it again and again; never for an amount of time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns as soon as the condition holds; fails when it never did within the time (a minute unless given: a machine may have other work).</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? within = null)
    {
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        while (!await condition())
        {
            Assert.True(clock.GetElapsedTime(started) < (within ?? TimeSpan.FromMinutes(1)), $"It never came to be: {what()}");
            await Task.Delay(Pause, clock);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{Task{bool}}, Func{string}, TimeSpan?)"/>
    public static Task TrueAsync(Func<bool> condition, Func<string> what, TimeSpan? within = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, within);
}
