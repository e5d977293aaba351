using Feeds.Storage;
using Microsoft.Extensions.Options;

namespace Feeds.Mail;

/// <summary>The sender in a delivery's envelope. It is the same at each attempt: greylisting asks for that.</summary>
internal sealed class EnvelopeSender(IOptions<MailOptions> options, MessageComposer composer, StoredValues values)
{
    private ReturnAddress? address;

    /// <summary>The address of the setting as <see cref="ReturnAddress"/> needs it, or null where it isn't fit.</summary>
    public static string? Parse(string bounces) =>
        MailAddressSyntax.Normalize(bounces, out _) is { } normal && normal.All(char.IsAscii) && normal.LastIndexOf('@') <= ReturnAddress.LongestName ? normal : null;

    /// <summary>Reads the key, once; to be called before anything is claimed.</summary>
    /// <returns>What makes and reads the addresses; null where <c>Mail:BounceAddress</c> is unset.</returns>
    public async Task<ReturnAddress?> LoadAsync()
    {
        if (options.Value.BounceAddress is { } bounces && address is null)
        {
            address = new ReturnAddress(Parse(bounces)!, await values.KeyAsync(ReturnAddress.KeyName, 32, CancellationToken.None));
        }

        return address;
    }

    /// <summary>The delivery's. A redirected mail's is nobody's: what comes back of it says nothing about the reader.</summary>
    public string For(long deliveryId) => options.Value.Mode == MailMode.Redirect ? composer.Sender.Address : address?.Write(ReturnPurpose.Bounce, deliveryId) ?? composer.Sender.Address;

    /// <summary>Where the delivery's recipient may write to leave; null where nobody would read it.</summary>
    public string? UnsubscribeFor(long deliveryId) => address?.Write(ReturnPurpose.Unsubscribe, deliveryId);
}
