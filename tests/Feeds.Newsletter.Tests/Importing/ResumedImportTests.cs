using Feeds.Storage;

namespace Feeds.Newsletter.Tests.Importing;

public sealed class ResumedImportTests
{
    private const int People = 24_000;

    private static readonly string Text = "email,state\n" + string.Concat(Enumerable.Range(0, People).Select(number => number % 3 == 2 ? $"reader{number}@,\n" : $"reader{number}@example.org,{(number % 6 == 0 ? "left" : "")}\n"));

    [DatabaseTheory, EachDatabase]
    public async Task What_was_stopped_goes_on_from_there_and_nobody_is_brought_in_twice_or_forgotten(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        var asked = 0;
        var runs = 0;
        SubscriberImportReport? report = null;
        for (; report is null; runs++)
        {
            report = await import.ImportAsync(Text, stopAt: asked += 9);
        }

        Assert.True(runs > 2);
        Assert.True(report.IsResumed);
        Assert.Equal(new SubscriberImportCounts { Confirmed = 12_000, Left = 4_000 }, report.Counts);
        Assert.Equal(8_000, report.RefusedCount);
        Assert.Equal(8_001, File.ReadLines(import.Refused).Count());
        Assert.Equal([16_000L], await import.QueryAsync<long>("SELECT COUNT(*) FROM consent"));
        Assert.Equal([16_000L], await import.QueryAsync<long>("SELECT COUNT(*) FROM subscription"));
        Assert.Equal([0L], await import.QueryAsync<long>("SELECT COUNT(*) FROM import_progress"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Another_file_or_other_words_about_it_begin_anew(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        Assert.Null(await import.ImportAsync(Text, stopAt: 45));

        var otherFile = await import.ImportAsync($"{Text}last@example.org,\n");
        var otherWords = await import.ImportAsync(Text, request => request with { Source = "another fair" });
        var same = await import.ImportAsync(Text);

        Assert.Equal((false, false, true), (otherFile.IsResumed, otherWords.IsResumed, same.IsResumed));
        Assert.Equal(16_001, otherFile.Counts.Confirmed + otherFile.Counts.Left + otherFile.Counts.Known + otherFile.Counts.StayLeft);
        Assert.Equal(new SubscriberImportCounts { Known = 12_000, StayLeft = 4_000 }, otherWords.Counts);
        Assert.Equal([16_001L], await import.QueryAsync<long>("SELECT COUNT(*) FROM consent"));
    }

    [DatabaseTheory, EachDatabase]
    public async Task Two_imports_of_a_file_at_once_don_t_do_it_twice(DatabaseProvider provider)
    {
        await using var import = await ImportRoom.OpenAsync(provider);
        var request = import.Request(Text);

        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            try
            {
                return (await import.Room.Get<SubscriberFiles>().ImportAsync(request, null, default)).Counts;
            }
            catch (InvalidDataException refused) when (refused.Message.Contains("by another process", StringComparison.Ordinal))
            {
                return new SubscriberImportCounts();
            }
        })));

        Assert.Contains(runs, counts => counts.Confirmed + counts.Left + counts.Known + counts.StayLeft == 16_000);
        Assert.Equal([16_000L], await import.QueryAsync<long>("SELECT COUNT(*) FROM consent"));
    }
}
