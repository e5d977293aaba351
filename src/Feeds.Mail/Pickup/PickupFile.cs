using System.Security.Cryptography;
using System.Text;

namespace Feeds.Mail;

/// <summary>Names in the pickup folder.</summary>
internal static class PickupFile
{
    public const string Extension = ".eml";
    private const int MaximumStem = 150;

    /// <summary>The message id with whatever a file system could take amiss replaced; distinct for distinct ids.</summary>
    public static string NameFor(string messageId)
    {
        var stem = string.Concat(messageId.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '@' or '_' ? c : '_'));
        if (!string.Equals(stem, messageId, StringComparison.Ordinal) || stem[0] == '.' || stem.Length > MaximumStem)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(messageId)).AsSpan(0, 8));
            stem = $"{stem[..Math.Min(stem.Length, MaximumStem)].TrimStart('.')}-{hash}";
        }

        return stem + Extension;
    }

    /// <summary>Makes the folder, for its owner only: it holds addresses and personal links.</summary>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
