using System.Text.Json;

namespace Feeds.Mail;

/// <summary>
/// A recipient's personal values as they are stored: a JSON object, in which null stands for the address of
/// <c>List-Unsubscribe</c>. It has a column of its own, and a million rows would hold it twice.
/// </summary>
internal static class PersonalColumn
{
    /// <summary>Null where there are none.</summary>
    public static string? Write(MailRecipient recipient) => recipient.Personal.Count == 0 ? null : JsonSerializer.Serialize(
        recipient.Personal.ToDictionary(value => value.Key, value => string.Equals(value.Value, recipient.UnsubscribeUrl, StringComparison.Ordinal) ? null : value.Value, StringComparer.Ordinal));

    public static IReadOnlyDictionary<string, string> Read(string? stored, string? unsubscribeUrl) => stored is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : JsonSerializer.Deserialize<Dictionary<string, string?>>(stored)!.ToDictionary(value => value.Key, value => value.Value ?? unsubscribeUrl ?? "", StringComparer.Ordinal);
}
