using System.Text;
using Feeds.Newsletter.Importing;

namespace Feeds.Newsletter.Tests.Importing;

public sealed class SubscriberFileTests
{
    private static readonly Encoding Western = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    public static TheoryData<string, byte[]> Encodings => new()
    {
        { "UTF-8", [.. "Courriel;Catégories\nhélène@exämple.org;Été\n"u8] },
        { "UTF-8 with a mark", [0xEF, 0xBB, 0xBF, .. "Courriel;Catégories\nhélène@exämple.org;Été\n"u8] },
        { "UTF-16 little", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("Courriel;Catégories\nhélène@exämple.org;Été\n")] },
        { "UTF-16 big", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("Courriel;Catégories\nhélène@exämple.org;Été\n")] },
        { "UTF-16 without a mark", Encoding.Unicode.GetBytes("Courriel;Catégories\nhélène@exämple.org;Été\n") },
        { "Windows-1252", Western.GetBytes("Courriel;Catégories\nhélène@exämple.org;Été\n") },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Accents_are_read_in_every_encoding_that_spreadsheets_write(string encoding, byte[] bytes)
    {
        var row = Assert.Single(SampleFile.Read(bytes));

        Assert.Equal("hélène@xn--exmple-cua.org", row.Person?.Email);
        Assert.Equal("Été", Assert.Single(row.Person!.Categories));
        Assert.NotEmpty(encoding);
    }

    [Fact]
    public void An_accent_far_behind_the_beginning_still_tells_the_encoding()
    {
        var plain = string.Concat(Enumerable.Range(0, 100_000).Select(number => $"reader{number}@example.org;Prix\n"));

        var rows = SampleFile.Read(Western.GetBytes($"email;categories\n{plain}last@example.org;Été\n"));

        Assert.Equal("Été", Assert.Single(rows[^1].Person!.Categories));
    }

    [Fact]
    public void A_broken_letter_in_a_file_of_UTF_8_doesn_t_spoil_the_others()
    {
        var rows = SampleFile.Read([.. "email\nhélène@example.org\njos"u8, 0xE9, .. "@example.org\nrené@example.org\n"u8]);

        Assert.Equal(["hélène@example.org", "rené@example.org"], rows.Emails(), StringComparer.Ordinal);
        Assert.Equal(3, rows.Single(row => row.Person is null).Line);
    }

    [Theory]
    [InlineData("email,state\nada@example.org,left\n")]
    [InlineData("email;state\nada@example.org;left\n")]
    [InlineData("email\tstate\nada@example.org\tleft\n")]
    [InlineData("sep=|\nemail|state\nada@example.org|left\n")]
    [InlineData("\"E-mail, of the person\";state;EMAIL\nx;left;ada@example.org\n")]
    [InlineData("\r\nemail,state\r\n\r\nada@example.org,left")]
    [InlineData("email,state\rada@example.org,left\r")]
    [InlineData("email,state,,\nada@example.org,left,,,\n")]
    public void The_separator_is_seen_in_the_first_line(string text)
    {
        var row = Assert.Single(SampleFile.Read(text));

        Assert.Equal(("ada@example.org", ImportedState.Left), (row.Person?.Email, row.Person?.State));
    }

    [Theory]
    [InlineData("E-mail")]
    [InlineData("Email Address")]
    [InlineData("ADRESSE E-MAIL")]
    [InlineData("adresse électronique")]
    [InlineData("Courriel")]
    [InlineData("Mail")]
    public void The_column_of_addresses_is_known_by_its_names(string name) =>
        Assert.Equal(["ada@example.org"], SampleFile.Read($"nom,{name}\nAda,ada@example.org\n").Emails(), StringComparer.Ordinal);

    [Fact]
    public void A_column_is_taken_for_what_is_said_and_left_out_where_nothing_is()
    {
        using var folder = new TestFolder();

        var file = SampleFile.Open(folder, [.. "Adresse;Anschrift;state\n1 Main Street;ada@example.org;gone fishing\n"u8], ("email", "anschrift"), ("state", ""));

        Assert.Equal(["ada@example.org"], file.Rows().Emails(), StringComparer.Ordinal);
        Assert.Equal(("email", "Anschrift"), Assert.Single(file.Taken));
        Assert.Equal(["Adresse", "state"], file.LeftOut);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\uFEFF\n\n", "is empty")]
    [InlineData("name,town\nAda,London\n", "--column email=NAME. It has: name, town.")]
    [InlineData("ada@example.org\nbob@example.org\n", "first line must name the columns")]
    public void A_file_in_which_nothing_can_be_found_is_refused_with_the_mend(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<InvalidDataException>(() => SampleFile.Read(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("email", "Anschrift", "has no column “Anschrift”. It has: email.")]
    [InlineData("name", "email", "There are: email, state,")]
    public void A_wrong_choice_of_a_column_is_refused_with_what_there_is(string field, string column, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<InvalidDataException>(() => SampleFile.Read("email\nada@example.org\n", (field, column))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_ten_spellings_of_an_address_differ_only_where_the_mailbox_may()
    {
        var rows = SampleFile.Read(
            "email\nada@bücher.example\nADA@bücher.example\nada@BÜCHER.example\nada@xn--bcher-kva.example\nAda@XN--BCHER-KVA.EXAMPLE\n"
            + " ada@bücher.example \n\"ada@bücher.example\"\nada@bu\u0308cher.example\nada@bücher.EXAMPLE\na.da@bücher.example\n");

        Assert.Equal(["ada@xn--bcher-kva.example", "a.da@xn--bcher-kva.example"], rows.Emails().Select(email => email.ToLowerInvariant()).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(10, rows.Count);
    }

    [Fact]
    public void A_time_of_their_own_needs_the_hour_and_a_zone_that_the_machine_knows()
    {
        var rows = SampleFile.Read("email,zone,hour\na@example.org,Europe/Paris,7\nb@example.org,Europe/Paris,\nc@example.org,Europe/Pariss,7\nd@example.org,,7\ne@example.org,Europe/Paris,24\nf@example.org,,\n");

        Assert.Equal([new SendTime("Europe/Paris", 7), SendTime.OfCadence, null, null, null, SendTime.OfCadence], rows.Select(row => row.Person?.Time));
        Assert.Contains("zones are renamed", rows[2].Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2018-02-12 10:54:27", "2018-02-12T10:54:27Z")]
    [InlineData("2018-08-27T15:06:27.713Z", "2018-08-27T15:06:27.713Z")]
    [InlineData("2018-08-27T15:06:27+02:00", "2018-08-27T13:06:27Z")]
    [InlineData("2018-08-27 15:06:27.713246+00:00", "2018-08-27T15:06:27.713246Z")]
    [InlineData("27-08-2018", "2018-08-27T00:00:00Z")]
    [InlineData("27/08/2018 15:06", "2018-08-27T15:06:00Z")]
    [InlineData("08/27/2018", null)]
    [InlineData("yesterday", null)]
    [InlineData("2027-08-27", null)]
    public void A_date_that_can_be_read_in_two_ways_or_lies_in_the_future_is_refused(string cell, string? instant)
    {
        var row = Assert.Single(SampleFile.Read($"email,confirmed_at\nada@example.org,{cell}\n"));

        Assert.Equal(instant is null ? null : DateTimeOffset.Parse(instant, null), row.Person?.ConfirmedAt);
        Assert.Equal(instant is null, row.Refusal is not null);
    }

    [Theory]
    [InlineData("Été, SEO;Prix", "Été|SEO|Prix")]
    [InlineData("\"\"Editors\"\",\"\"Clients, old\"\"", "Editors|Clients|old")]
    [InlineData("Rome, the city|Prix", "Rome, the city|Prix")]
    [InlineData("", "")]
    public void Several_categories_stand_in_one_cell(string cell, string expected)
    {
        var row = Assert.Single(SampleFile.Read($"email,tags\nada@example.org,\"{cell}\"\n"));

        Assert.Equal(expected, string.Join('|', row.Person!.Tags));
    }
}
