using Feeds.Mail.Tests.Bounces;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Async;
using LinqToDB.Data;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Feeds.Mail.Tests.Returns;

/// <summary>A room that sent editions from its return addresses, and mails that come back to it.</summary>
internal sealed class ReturnRoom : IAsyncDisposable
{
    public const string Bounces = "bounces@news.example.org";

    private readonly TestDatabase database;
    private readonly TestFolder folder;
    private readonly bool isBeside;

    private ReturnRoom(TestDatabase database, TestFolder folder, FakeTimeProvider clock, MailRoom mail, ReturnAddress ours, bool isBeside)
    {
        this.database = database;
        this.folder = folder;
        this.isBeside = isBeside;
        (Clock, Mail, Ours) = (clock, mail, ours);
    }

    public FakeTimeProvider Clock { get; }

    public MailRoom Mail { get; }

    public ReturnAddress Ours { get; }

    public SuppressionList List => Mail.Get<SuppressionList>();

    public Mail.Returns Returns => Mail.Get<Mail.Returns>();

    public static async Task<ReturnRoom> OpenAsync(DatabaseProvider provider, params (string Key, string? Value)[] settings) =>
        await OpenAsync(await TestDatabase.CreateAsync(provider), new TestFolder(), MailRoom.Clock(), isBeside: false, settings);

    /// <summary>The same as another process has it.</summary>
    public Task<ReturnRoom> OpenBesideAsync(params (string Key, string? Value)[] settings) => OpenAsync(database, folder, Clock, isBeside: true, settings);

    /// <summary>Sends an edition to so many, and returns the deliveries by recipient's address.</summary>
    public async Task<IReadOnlyDictionary<string, long>> SendAsync(string key, int recipients)
    {
        await Mail.AddAsync(Mailings.Edition(key, recipients));
        await Mail.Loop.TickAsync(default);
        return await DeliveriesAsync(key);
    }

    public Task<Dictionary<string, long>> DeliveriesAsync(string key) => Mail.Database.ReadAsync(connection => (
        from delivery in connection.GetTable<DeliveryRow>()
        join mailing in connection.GetTable<MailingRow>() on delivery.MailingId equals mailing.Id
        where mailing.Key == key
        select delivery).ToDictionaryAsync(row => row.Address, row => row.Id, StringComparer.Ordinal));

    public async Task<ReturnOutcome> TakeAsync(byte[] mail) => (await Returns.TakeAsync(new MemoryStream(mail), default)).Outcome;

    public Task<ReturnOutcome> TakeBounceAsync(long delivery, string status, string messageId = "one") => TakeAsync(Bounce(delivery, status, messageId));

    /// <summary>A bounce of the delivery; it names an address of its own, as forwarded mails' bounces do.</summary>
    public byte[] Bounce(long delivery, string status, string messageId = "one") => BounceSamples.Bytes(
        $"Message-ID: <{messageId}@mx.example.net>\n" + BounceSamples.Report("Undelivered", $"""
            Reporting-MTA: dns; mx.example.net

            Final-Recipient: rfc822; reader2@example.org
            Action: failed
            Status: {status}
            Diagnostic-Code: smtp; {status[0]}50 {status} that is so
            """),
        Ours.Write(ReturnPurpose.Bounce, delivery));

    public byte[] Sample(string name, ReturnPurpose purpose, long delivery) => BounceSamples.Bytes(
        BounceSamples.Dialects.TryGetValue(name, out var dialect) ? dialect : BounceSamples.OthersThanBounces[name], Ours.Write(purpose, delivery));

    public Task<IReadOnlyList<SuppressedAddress>> ListedAsync() => List.FindAsync(new SuppressionSearch(), SuppressionList.LargestPage, default);

    public Task<int> NotesAsync() => Mail.Database.ReadAsync(connection => connection.GetTable<ReturnedMessageRow>().CountAsync());

    /// <summary>The mailbox of the settings.</summary>
    public IReturnsMailbox Mailbox() => ReturnsServices.OpenMailbox(Mail.Get<IOptions<MailOptions>>().Value.Returns, Clock)!;

    public MailboxReader Reader(IReturnsMailbox mailbox) => ReturnsServices.Reader(Mail.Get<IServiceProvider>(), mailbox);

    public async ValueTask DisposeAsync()
    {
        await Mail.DisposeAsync();
        if (!isBeside)
        {
            await database.DisposeAsync();
            folder.Dispose();
        }
    }

    private static async Task<ReturnRoom> OpenAsync(TestDatabase database, TestFolder folder, FakeTimeProvider clock, bool isBeside, (string Key, string? Value)[] settings)
    {
        var mail = await MailRoom.OpenAsync(database, clock, [("Mail:PickupFolder", folder["mails"]), ("Mail:BounceAddress", Bounces), .. settings]);
        var ours = new ReturnAddress(Bounces, await mail.Get<StoredValues>().KeyAsync(ReturnAddress.KeyName, 32, default));
        return new ReturnRoom(database, folder, clock, mail, ours, isBeside);
    }
}
