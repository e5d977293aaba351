using System.Text;
using CsvHelper;
using Feeds.Newsletter.Importing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Feeds.Newsletter.Tests.Importing;

public sealed class BrokenFileTests
{
    [Fact]
    public void A_third_of_the_rows_broken_costs_those_rows_alone()
    {
        string[] broken =
        [
            "no address,confirmed", "ada@example.org,\"open", "ada@example.org,con\"fused", "\"x\" y,confirmed", "ada@example.org", "ada@example.org,confirmed,more", ",", "ada@example.org,\"", "\0\0,\u0001", "ada@example.org,whatever",
        ];
        var text = new StringBuilder("email,state\n");
        for (var number = 0; number < 30_000; number++)
        {
            text.Append(number % 3 == 1 ? broken[number / 3 % broken.Length] : $"reader{number}@example.org,confirmed").Append('\n');
        }

        var rows = SampleFile.Read(text.ToString());

        Assert.Equal(Enumerable.Range(0, 30_000).Where(number => number % 3 != 1).Select(number => $"reader{number}@example.org"), rows.Emails(), StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(number => (number * 3L) + 3), rows.Where(row => row.Person is null).Select(row => row.Line));
        Assert.All(rows.Where(row => row.Person is null), row => Assert.EndsWith(".", row.Refusal, StringComparison.Ordinal));
    }

    [Fact]
    public void Files_that_were_put_one_behind_the_other_keep_their_marks_and_first_lines_to_themselves()
    {
        var rows = SampleFile.Read("\uFEFFemail,state\nada@example.org,left\n\uFEFFemail,state\n\uFEFF\uFEFF\"bob@example.org\",left\n");

        Assert.Equal(["ada@example.org", "bob@example.org"], rows.Emails(), StringComparer.Ordinal);
        Assert.Equal(3, rows.Single(row => row.Person is null).Line);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"")]
    public void A_cell_of_ten_megabytes_is_refused_and_never_held(string quote)
    {
        using var folder = new TestFolder();
        var bytes = Encoding.UTF8.GetBytes($"email,notes\nada@example.org,{quote}{new string('x', 10_000_000)}{quote}\nbob@example.org,\n");
        var file = SampleFile.Open(folder, bytes);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = file.Rows().ToList();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(["bob@example.org"], rows.Emails(), StringComparer.Ordinal);
        Assert.Equal((2, 3), (rows[0].Line, rows[1].Line));
        Assert.Contains("65536 characters", rows[0].Refusal, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, 3_000_000);
    }

    [Fact]
    public void A_cell_with_line_breaks_is_one_cell_and_lines_are_counted_on()
    {
        var rows = SampleFile.Read("email,notes\r\nada@example.org,\"one\r\ntwo \"\"or\"\" three\r\n\"\r\nno address,\r\n");

        Assert.Equal(["ada@example.org"], rows.Emails(), StringComparer.Ordinal);
        Assert.Equal(5, rows.Single(row => row.Person is null).Line);
    }

    [Fact]
    public void A_quotation_mark_that_nobody_closes_costs_one_row_of_a_file()
    {
        var readers = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"reader{number}@example.org,\n"));

        var rows = SampleFile.Read($"email,notes\nada@example.org,\"\n{readers}");

        Assert.Equal(10_000, rows.Emails().Count());
        Assert.Equal(2, rows.Single(row => row.Person is null).Line);
    }

    [Property(MaxTest = 300)]
    public Property What_a_well_known_writer_wrote_is_read_cell_by_cell() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyArray<NonEmptyArray<string?>>>(),
        table =>
        {
            // No row of one empty cell, which is an empty line; and no mark at a row's beginning, which is left out.
            var rows = table.Get.Select(row => row.Get.Select(Sound).Prepend("·").ToArray()).ToList();
            using var text = new StringWriter();
            using (var writer = CsvWriter.Create(text, CsvWriterOptions.Default with { ValidateFieldCount = false }, leaveOpen: true))
            {
                foreach (var row in rows)
                {
                    foreach (var cell in row)
                    {
                        writer.WriteField(cell);
                    }

                    writer.EndRecord();
                }
            }

            var read = new CsvRows(new StringReader(text.ToString()), ',');
            Assert.All(rows, row =>
            {
                Assert.True(read.Next());
                Assert.Null(read.Refusal);
                Assert.Equal(row, read.Cells);
            });
            Assert.False(read.Next());
        });

    [Property(MaxTest = 300)]
    public Property Whatever_stands_in_a_file_it_is_read_to_its_end_line_by_line() => Prop.ForAll(
        Gen.Elements('"', '"', ',', ';', '\n', '\r', 'a', '@', '\uFEFF', '\0', '\uD800').ListOf().Select(characters => string.Concat(characters)).ToArbitrary(),
        text =>
        {
            var rows = new CsvRows(new StringReader(text), ',');
            var line = 0L;
            while (rows.Next())
            {
                Assert.True(rows.Line > line);
                line = rows.Line;
            }
        });

    [Property(MaxTest = 300)]
    public Property In_whatever_pieces_a_file_comes_its_rows_are_the_same() => Prop.ForAll(
        Gen.Elements('"', ',', '\n', '\r', 'a', '\uFEFF').ListOf().Select(characters => string.Concat(characters)).ToArbitrary(),
        Gen.Choose(1, 3).ToArbitrary(),
        (text, piece) => Assert.Equal(Read(new StringReader(text)), Read(new PieceReader(text, piece))));

    [Property(MaxTest = 300)]
    public Property What_spreadsheets_would_calculate_is_text_to_them_and_comes_back_as_it_was() => Prop.ForAll(
        Gen.Elements('\'', '=', '+', '-', '@', '\t', '\r', 'a').ListOf().Select(characters => string.Concat(characters)).ToArbitrary(),
        value =>
        {
            var cell = SpreadsheetCell.Write(value);

            Assert.Equal(value, SpreadsheetCell.Read(cell));
            Assert.False(cell is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]);
        });

    // Halves of pairs can't be written.
    private static string Sound(string? cell) => new((cell ?? "").Where(character => !char.IsSurrogate(character)).ToArray());

    private static List<string> Read(TextReader text)
    {
        var read = new List<string>();
        var rows = new CsvRows(text, ',');
        while (rows.Next())
        {
            read.Add($"{rows.Line}: {rows.Refusal}{string.Join('|', rows.Cells)}");
        }

        return read;
    }

    /// <summary>As a disk or a pipe may: gives a few characters at a time.</summary>
    private sealed class PieceReader(string text, int piece) : StringReader(text)
    {
        public override int Read(char[] buffer, int index, int count) => base.Read(buffer, index, Math.Min(count, piece));
    }
}
