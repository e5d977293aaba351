using System.Text;
using Feeds.Storage;
using Feeds.Testing.Smtp;
using MimeKit;

namespace Feeds.Mail.Tests;

/// <summary>Texts that would end the message, and begin another, where a server took them for its end.</summary>
public sealed class SmuggledTextTests
{
    private const string Second = "MAIL FROM:<a@evil.example>\r\nRCPT TO:<victim@evil.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nHello\r\n.\r\nQUIT\r\n";

    // The ends that servers took for one, the true one first (RFC 5321 §4.1.1.4; CVE-2023-51764 to -51766 for the others).
    private static readonly string[] Ends = ["\r\n.\r\n", "\n.\r\n", "\n.\n", "\r.\r", "\r.\r\n", "\r\n.\r", "\r\n.\n", "\n\n.\r\n", "\r\n\0.\r\n", "\u0085.\u0085", "\u2028.\u2028"];

    [Fact, Attack(34)]
    public async Task Whatever_a_text_holds_each_recipient_gets_one_message_and_the_server_hears_no_other_command()
    {
        string[] texts = [.. Ends.Select(end => $"Before{end}{Second}after"), ".", "..\r\n...\n", $".\r\n{Second}", new string('.', 5_000), string.Concat(Enumerable.Repeat("\r\r\n.\r", 500))];
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite);
        await using var server = ScriptedSmtpServer.Start();
        await using var room = await SmtpRoom.OpenAsync(database, MailRoom.Clock(), server.Port);
        var mailing = Mailings.Edition("weekly", []) with
        {
            FromName = $"L’Atelier{Ends[0]}{Second}",
            ListId = new ListId($"Le récap’{Ends[1]}{Second}", "weekly.example.org"),
            Parts = [.. texts.Select((text, number) => new MailingPart(new MailContent($"Sujet {text}", $"<p>Html</p>{text}", text), [Mailings.Recipient("weekly", number + 1)]))],
        };
        await room.AddAsync(mailing);

        await room.Loop.TickAsync(default);

        Assert.Equal(Enumerable.Range(1, texts.Length).Select(number => $"reader{number}@example.org").Order(StringComparer.Ordinal), server.Ledger.Recipients.Order(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Equal(texts.Length, server.Commands.Count(command => command is "DATA"));
        Assert.Equal(texts.Length, server.Commands.Count(command => command.StartsWith("RCPT TO:<reader", StringComparison.Ordinal)));
        Assert.DoesNotContain(server.Commands, command => command.Contains("evil", StringComparison.Ordinal));
        foreach (var arrived in server.Ledger.Messages)
        {
            AssertLinesEndAsTheyMust(Encoding.Latin1.GetString(arrived.Bytes.Span));
            using var message = await MimeMessage.LoadAsync(new MemoryStream(arrived.Bytes.ToArray()));
            var text = texts[int.Parse(arrived.To.AsSpan(6, arrived.To.IndexOf('@', StringComparison.Ordinal) - 6), System.Globalization.CultureInfo.InvariantCulture) - 1];
            Assert.Equal(Words(text), Words(message.TextBody));
            Assert.Contains(Words(text), Words(message.HtmlBody), StringComparison.Ordinal);
            Assert.Single(message.To);
            Assert.DoesNotContain(message.Headers, header => header.Field.StartsWith("MAIL", StringComparison.OrdinalIgnoreCase) || header.Field.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase));
        }

        await room.AssertOverAsync(server, "weekly", texts.Length);
    }

    // Nothing is a line's end but CRLF, so no server can see an end of the message where another sees none.
    private static void AssertLinesEndAsTheyMust(string message)
    {
        var rest = message.Replace("\r\n", "", StringComparison.Ordinal);
        Assert.DoesNotContain('\r', rest);
        Assert.DoesNotContain('\n', rest);
        Assert.DoesNotContain('\0', rest);
        Assert.All(message.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    // Whatever parts them.
    private static string Words(string? text) => string.Concat((text ?? "").Where(letter => !char.IsControl(letter) && !char.IsWhiteSpace(letter)));
}
