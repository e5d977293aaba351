using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Feeds.Mail;
using Feeds.Storage;

namespace Feeds.Newsletter.Importing;

/// <summary>Tells what an import would do, without doing it.</summary>
internal sealed class ImportTrial(Database database, SuppressionList suppressions, bool isVouched)
{
    // What would have been done by now; hashes, as there may be a million.
    private readonly Dictionary<ulong, SubscriptionState> states = [];
    private readonly HashSet<ulong> listed = [];

    public SubscriberImportCounts Counts { get; private set; } = new();

    public async Task TryAsync(IReadOnlyList<PlannedPerson> people, CancellationToken cancellationToken)
    {
        var standings = await database.ReadAsync(connection => Standings.ReadAsync(connection, database.Provider, suppressions, people, cancellationToken));
        foreach (var person in people)
        {
            var (subscription, address) = (Hash($"{person.Key} {person.Cadence.Newsletter}"), Hash(person.Key));
            standings.Assume(person, states.TryGetValue(subscription, out var state) ? state : null, listed.Contains(address));
            var deed = standings.Take(person, isVouched);
            Counts = Counts.With(deed);
            if (deed == Deed.List)
            {
                listed.Add(address);
            }
            else if (deed is Deed.Confirm or Deed.Keep or Deed.NoteLeft or Deed.End)
            {
                states[subscription] = standings[person].State!.Value;
            }
        }
    }

    private static ulong Hash(string text) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
