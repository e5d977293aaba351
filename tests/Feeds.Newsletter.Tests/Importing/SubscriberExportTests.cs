using Feeds.Articles;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests.Importing;

public sealed class SubscriberExportTests
{
    private const string Rich =
        "email,state,confirmed_at,left_at,newsletter,cadence,categories,without_authors,language,content,format,zone,hour,paused_until\r\n"
        + "ada@example.org,confirmed,2024-01-02T03:04:05.678Z,,weekly,weekly,livraison|prix,\"Doe, John|L’équipe\",fr,full,text,Asia/Tokyo,7,2027-01-01T00:00:00Z\r\n"
        + "ada@example.org,left,2024-01-02T03:04:05Z,2025-01-02T03:04:05Z,daily,daily,,,,excerpts,html,,,\r\n"
        + "'+news@example.org,confirmed,2024-01-02T03:04:05Z,,weekly,weekly,,,,excerpts,html,,,\r\n"
        + "'-1@example.org,confirmed,2024-01-02T03:04:05Z,,weekly,weekly,,=1+1,en,excerpts,html,,,\r\n"
        + "'=cmd|calc@example.org,unconfirmed,,,weekly,weekly,,,,excerpts,html,,,\r\n"
        + "''=x@example.org,confirmed,2024-01-02T03:04:05Z,,weekly,weekly,,,,excerpts,html,,,\r\n"
        + "hélène@xn--exmple-cua.org,confirmed,2024-01-02T03:04:05Z,,weekly,weekly,,,,excerpts,html,,,\r\n";

    [DatabaseTheory, EachDatabase, Attack(35)]
    public async Task What_is_exported_is_imported_elsewhere_as_it_was(DatabaseProvider provider)
    {
        await using var here = await ImportRoom.OpenAsync(provider);
        await using var there = await ImportRoom.OpenAsync(provider == DatabaseProvider.Sqlite ? DatabaseProvider.PostgreSql : DatabaseProvider.Sqlite);
        await here.Room.PublishAsync("One", 1, "Prix", "Livraison");
        await there.Room.PublishAsync("One", 1, "Prix", "Livraison");

        var first = await here.ImportAsync(Rich, request => request with { Cadence = null });
        var exported = await here.ExportAsync();
        await there.ImportAsync(exported, request => request with { Cadence = null });

        Assert.Equal(0, first.RefusedCount);
        Assert.Equal(Sorted(Rich).Replace(",=1+1,", ",'=1+1,", StringComparison.Ordinal), Sorted(exported));
        Assert.Equal(Sorted(exported), Sorted(await there.ExportAsync()));
        Assert.Equal(["Asia/Tokyo 7"], await there.QueryAsync<string>("SELECT zone || ' ' || hour FROM send_time"));
    }

    [DatabaseTheory, EachDatabase, Attack(35)]
    public async Task No_cell_of_an_export_is_a_formula(DatabaseProvider provider)
    {
        await using var room = await ImportRoom.OpenAsync(provider);
        await room.Room.AddAsync("=HYPERLINK@example.org");
        await room.Room.AddAsync("+33123456789@example.org");

        var lines = (await room.ExportAsync()).Split("\r\n")[1..^1];

        Assert.Equal(["'=HYPERLINK@example.org", "'+33123456789@example.org"], lines.Select(line => line.Split(',')[0]), StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_category_that_was_renamed_is_exported_by_its_name_of_today(DatabaseProvider provider)
    {
        await using var room = await ImportRoom.OpenAsync(provider);
        await room.Room.PublishAsync("One", 1, "Prix");
        await room.ImportAsync("email,categories\nada@example.org,Prix\n");
        Assert.Null((await room.Room.Get<CategoryRenaming>().RenameAsync("Prix", "Tarifs", default)).Refusal);

        var exported = await room.ExportAsync();
        var again = await room.ImportAsync(exported);

        Assert.Contains(",weekly,weekly,tarifs,", exported, StringComparison.Ordinal);
        Assert.Equal((1L, 0L), (again.Counts.Known, again.RefusedCount));
    }

    private static string Sorted(string text) => string.Join('\n', text.Split("\r\n").Order(StringComparer.Ordinal));
}
