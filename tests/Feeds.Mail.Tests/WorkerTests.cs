using Feeds.Storage;
using Feeds.Testing.Smtp;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests;

public sealed class WorkerTests
{
    [DatabaseTheory, EachDatabase]
    public async Task The_worker_sends_at_once_what_is_announced_and_stops_in_order(DatabaseProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = ScriptedSmtpServer.Start(new SmtpScript
        {
            BeforeAnswer = _ =>
            {
                arrived.TrySetResult();
                return Task.CompletedTask;
            },
        });
        // The clock stands still: without the announcement the second would never be over.
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        var worker = Assert.Single(room.Get<IEnumerable<IHostedService>>().OfType<MailWorker>());
        await worker.StartAsync(default);

        await room.AddAsync(Mailings.Edition("weekly", 1));
        room.Outbox.Announce();
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await worker.StopAsync(default);

        Assert.Equal(1, (await room.CountAsync("weekly")).Accepted);
        Assert.Empty(room.Log.Warnings);
    }

    [Fact, Fault("SIGTERM")]
    public async Task The_host_waits_longer_than_a_server_may_take_to_answer()
    {
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var room = await MailRoom.OpenAsync(database, MailRoom.Clock());

        Assert.True(room.Get<IOptions<HostOptions>>().Value.ShutdownTimeout > SmtpConnection.ReplyPatience);
    }
}
