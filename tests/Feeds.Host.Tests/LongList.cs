using System.Globalization;

namespace Feeds.Host.Tests;

/// <summary>
/// A long file of people in which a third of the rows is broken, each in one of seven ways; in its middle another file begins,
/// mark and first line included; a cell has ten megabytes; and one person is in it in ten spellings of one address.
/// </summary>
/// <param name="Path">Where it is.</param>
/// <param name="People">Whom it tells of in rows that can be read.</param>
/// <param name="Again">Rows that tell of one of them again.</param>
/// <param name="Refused">Rows that can't be read.</param>
internal sealed record LongList(string Path, int People, int Again, int Refused)
{
    private const string Header = "email,confirmed_at,status,notes\n";
    private const int LongestCell = 10_000_000;

    private static readonly string[] Spellings =
    [
        "ten.times@bücher.example", "Ten.Times@bücher.example", "TEN.TIMES@BÜCHER.EXAMPLE", "ten.times@xn--bcher-kva.example", "Ten.Times@XN--BCHER-KVA.EXAMPLE",
        " ten.times@bücher.example ", "\"ten.times@bücher.example\"", "ten.times@bu\u0308cher.example", "ten.times@bücher.EXAMPLE", "\uFEFFten.times@BU\u0308CHER.example",
    ];

    /// <param name="path">Where to.</param>
    /// <param name="rows">Of those that tell of somebody each, broken or not; the others come besides.</param>
    public static async Task<LongList> WriteAsync(string path, int rows)
    {
        await using var file = new StreamWriter(path);
        await file.WriteAsync(Header);
        var refused = 0;
        for (var number = 0; number < rows; number++)
        {
            if (number % 3 == 1)
            {
                await file.WriteAsync(Broken(number));
                refused++;
            }
            else
            {
                await file.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"reader{number}@example.org,2024-01-02 03:04:05,{(number % 50 == 0 ? "unsubscribed" : "subscribed")},\"a, \"\"b\"\"\"\n"));
            }

            if (number == rows / 4)
            {
                await file.WriteAsync($"ten.megabytes@example.org,,,{new string('x', LongestCell)}\n");
                refused++;
            }

            if (number == rows / 2)
            {
                await file.WriteAsync($"\uFEFF{Header}\uFEFFafter.the.mark@example.org,,,\n");
                refused++;
            }

            if (number % (rows / Spellings.Length) == 0 && number / (rows / Spellings.Length) is var spelling && spelling < Spellings.Length)
            {
                await file.WriteAsync($"{Spellings[spelling]},,,\n");
            }
        }

        // Dots are the mailbox's own business: that is another person.
        await file.WriteAsync("tentimes@bücher.example,,,\n");
        return new LongList(path, rows - (rows + 1) / 3 + 3, Spellings.Length - 1, refused);
    }

    private static string Broken(int number) => (number / 3 % 7) switch
    {
        0 => "nobody,,,\n",
        1 => string.Create(CultureInfo.InvariantCulture, $"reader{number}@example.org,,subscribed,\"open\n"),
        2 => string.Create(CultureInfo.InvariantCulture, $"reader{number}@example.org,2024-01-02\n"),
        3 => string.Create(CultureInfo.InvariantCulture, $"reader{number}@,,subscribed,\n"),
        4 => string.Create(CultureInfo.InvariantCulture, $"reader{number}@example.org,yesterday,subscribed,\n"),
        5 => "\"closed\" too early,,subscribed,\n",
        _ => "\0\u0001,,\0,\n",
    };
}
