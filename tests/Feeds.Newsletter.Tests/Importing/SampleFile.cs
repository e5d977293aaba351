using System.Text;
using Feeds.Newsletter.Importing;

namespace Feeds.Newsletter.Tests.Importing;

/// <summary>A file of subscribers that is read at once.</summary>
internal static class SampleFile
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    public static SubscriberFile Open(TestFolder folder, byte[] bytes, params (string Field, string Column)[] columns)
    {
        File.WriteAllBytes(folder["list.csv"], bytes);
        return SubscriberFile.Open(folder["list.csv"], columns.ToDictionary(one => one.Field, one => one.Column, StringComparer.Ordinal), Now);
    }

    public static List<ImportedRow> Read(string text, params (string Field, string Column)[] columns) => Read(Encoding.UTF8.GetBytes(text), columns);

    public static List<ImportedRow> Read(byte[] bytes, params (string Field, string Column)[] columns)
    {
        using var folder = new TestFolder();
        return [.. Open(folder, bytes, columns).Rows()];
    }

    /// <summary>The addresses that were understood.</summary>
    public static IEnumerable<string> Emails(this IEnumerable<ImportedRow> rows) => rows.Where(row => row.Person is not null).Select(row => row.Person!.Email);
}
