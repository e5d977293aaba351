using System.Globalization;
using Feeds.Storage;

namespace Feeds.Articles.Tests;

/// <summary>Sound and film: what makes an article an episode of a podcast.</summary>
public sealed class EnclosureTests
{
    // The first bytes of an MP3 file with a tag, and of an MP4 file.
    private static readonly byte[] Mp3 = [.. "ID3\u0004"u8, 0, 0, 0, 0, 0, 0, 1, 2, 3];
    private static readonly byte[] Mp4 = [0, 0, 0, 24, .. "ftypmp42"u8, 0, 0, 0, 0];

    [DatabaseTheory, EachDatabase]
    public async Task An_episode_has_its_address_type_length_and_duration(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);

        var article = await newsroom.ReadAsync("Notes.", "audio: https://cdn.example/épisodes/1.mp3?a=1&b=2", "audio_length: 48123456", "audio_duration: 1:02:03");

        Assert.Equal(new Enclosure(new Uri("https://cdn.example/%C3%A9pisodes/1.mp3?a=1&b=2"), "audio/mpeg", 48_123_456, new TimeSpan(1, 2, 3)), article.Enclosure);
    }

    [Theory]
    [InlineData("audio: https://cdn.example/1.M4A", "audio_length: 10", "audio/x-m4a", null)]
    [InlineData("audio: https://cdn.example/1.mp4", "audio_length: 10", "audio/mp4", null)]
    [InlineData("audio: http://cdn.example/1", "audio_length: 10\naudio_type: audio/ogg\naudio_duration: 90", "audio/ogg", 90)]
    [InlineData("video: https://cdn.example/1.webm", "video_length: 100000000000\nvideo_duration: 32:10", "video/webm", 1930)]
    [InlineData("video: https://cdn.example/1.mov", "video_length: 10\nvideo_type: video/mp4", "video/mp4", null)]
    public async Task The_address_tells_the_type_unless_it_is_written(string address, string lines, string type, int? seconds)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);

        var enclosure = (await newsroom.ReadAsync("Notes.", address, lines)).Enclosure!;

        Assert.Equal((type, seconds), (enclosure.Type, (int?)enclosure.Duration?.TotalSeconds));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_small_sound_beside_the_article_is_kept_in_the_store_with_its_length(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        newsroom.Folder.Write("sounds/x", "");
        await File.WriteAllBytesAsync(newsroom.Folder["sounds/a b.MP3"], Mp3);
        await File.WriteAllBytesAsync(newsroom.Folder["film.mp4"], Mp4);
        newsroom.Write("a.md", "A", "2026-03-01", "text", "audio: sounds/a%20b.MP3");
        newsroom.Write("b.md", "B", "2026-03-01", "text", "video: film.mp4", "video_duration: 0:30");
        Assert.Empty((await newsroom.ImportAsync()).Refused);

        var sound = (await newsroom.Store.FindAsync("a", default))!.Enclosure!;
        var film = (await newsroom.Store.FindAsync("b", default))!.Enclosure!;

        Assert.Matches("^https://atelier\\.example/media/[0-9a-f]{32}\\.mp3$", sound.Address.AbsoluteUri);
        Assert.Equal(("audio/mpeg", Mp3.Length, null), (sound.Type, sound.Length, sound.Duration));
        Assert.Equal(("video/mp4", Mp4.Length, TimeSpan.FromSeconds(30)), (film.Type, film.Length, film.Duration));
        var media = await newsroom.Store.FindMediaAsync(sound.Address.Segments[^1], default);
        Assert.Equal("audio/mpeg", media!.ContentType);
        Assert.Equal(Mp3, media.Content.ToArray());
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_sound_that_changed_came_or_went_changes_its_article(DatabaseProvider provider)
    {
        await using var newsroom = await Newsroom.OpenAsync(provider);
        await File.WriteAllBytesAsync(newsroom.Folder["s.mp3"], Mp3);
        var lengths = new List<long?>();

        lengths.Add((await newsroom.ReadAsync("text")).Enclosure?.Length);
        lengths.Add((await newsroom.ReadAsync("text", "audio: s.mp3")).Enclosure?.Length);
        await File.WriteAllBytesAsync(newsroom.Folder["s.mp3"], [.. Mp3, 4]);
        lengths.Add((await newsroom.ReadAsync("text", "audio: s.mp3")).Enclosure?.Length);
        lengths.Add((await newsroom.ReadAsync("text", "audio: https://cdn.example/s.mp3", "audio_length: 7")).Enclosure?.Length);
        lengths.Add((await newsroom.ReadAsync("text")).Enclosure?.Length);

        Assert.Equal([null, Mp3.Length, Mp3.Length + 1, 7, null], lengths);
        Assert.Equal(1, (await newsroom.ImportAsync()).Unchanged);
    }

    [Theory]
    [InlineData("audio: https://cdn.example/1.mp3", 4, "audio_length is missing")]
    [InlineData("audio: https://cdn.example/1\naudio_length: 10", 4, "audio_type is missing, and the address does not tell it")]
    [InlineData("video: https://cdn.example/1.mp3\nvideo_length: 10", 4, "video_type is missing")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 48 MB", 5, "“48 MB” is no number of bytes")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 0", 5, "“0” is no number of bytes")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: -5", 5, "“-5” is no number of bytes")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 99999999999999999999", 5, "is no number of bytes")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_type: mp3", 6, "“mp3” is no media type of audio")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_type: audio/mpeg; rate=1", 6, "is no media type of audio")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_type: video/mp4", 6, "is no media type of audio")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_duration: long", 6, "“long” is no duration")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_duration: 0:00", 6, "is no duration")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\naudio_duration: 1:75", 6, "is no duration")]
    [InlineData("audio: https://cdn.example/1.mp3\naudio_length: 10\nvideo: https://cdn.example/1.mp4\nvideo_length: 10", 6, "An article has one enclosure")]
    [InlineData("audio_length: 10", 4, "audio_length is written without audio")]
    [InlineData("video_duration: 10", 4, "video_duration is written without video")]
    [InlineData("audio: https://ann:secret@cdn.example/1.mp3\naudio_length: 10", 4, "has a user name in it")]
    [InlineData("audio: javascript:alert(1)\naudio_length: 10", 4, "neither an address that begins with https://")]
    [InlineData("audio: data:audio/mpeg;base64,AAAA\naudio_length: 10", 4, "neither an address that begins with https://")]
    [InlineData("audio: //cdn.example/1.mp3\naudio_length: 10", 4, "neither an address that begins with https://")]
    [InlineData("audio: gone.mp3", 4, "is not there")]
    [InlineData("audio: notes.txt", 4, "neither an address that begins with https://")]
    [InlineData("audio: ../outside.mp3", 4, "lies outside the import folder")]
    [InlineData("audio: text.mp3", 4, "is no audio/mpeg inside")]
    [InlineData("audio: text.opus", 4, "is no audio/ogg inside")]
    [InlineData("video: text.mp4", 4, "is no video/mp4 inside")]
    [InlineData("audio: huge.mp3", 4, "has more than 10 MB. Put it on a host of files and write its address, with audio_length")]
    [InlineData("audio: sound.mp3\naudio_length: 10", 4, "has 13 bytes, and audio_length says 10")]
    [InlineData("audio: [a, b]", 4, "audio takes one value")]
    public async Task What_can_not_be_used_is_refused_with_line_and_mend(string lines, int line, string reason)
    {
        await using var newsroom = await Newsroom.OpenAsync(DatabaseProvider.Sqlite);
        var folder = newsroom.Folder;
        foreach (var name in (string[])["in/text.mp3", "in/text.opus", "in/text.mp4", "in/notes.txt"])
        {
            folder.Write(name, "no sound at all");
        }

        await File.WriteAllBytesAsync(folder["outside.mp3"], Mp3);
        await File.WriteAllBytesAsync(folder["in/sound.mp3"], Mp3);
        await File.WriteAllBytesAsync(folder["in/huge.mp3"], [.. Mp3, .. new byte[10 * 1024 * 1024]]);
        folder.Write("in/a.md", string.Create(CultureInfo.InvariantCulture, $"---\ntitle: A\ndate: 2026-03-01\n{lines}\n---\ntext\n"));

        var report = await newsroom.Get<FolderImport>().ImportAsync(folder["in"], default);

        var refused = Assert.Single(report.Refused);
        Assert.Equal(("a.md", line), (refused.File, refused.Line));
        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", refused.Reason, StringComparison.Ordinal);
    }
}
