namespace Feeds.Testing.Smtp;

/// <summary>Holds a server's answer back, so that a test can do something while a message is in flight.</summary>
public sealed class PausedAnswer
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the server has the message and would answer.</summary>
    public Task Reached => reached.Task;

    /// <summary>For <see cref="SmtpScript.BeforeAnswer"/>: waits for <see cref="Release"/>.</summary>
    public Task HoldAsync()
    {
        reached.TrySetResult();
        return released.Task;
    }

    /// <summary>Lets the server answer.</summary>
    public void Release() => released.TrySetResult();
}
