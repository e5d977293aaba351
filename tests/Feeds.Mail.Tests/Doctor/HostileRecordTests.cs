using System.Net;
using Feeds.Testing.Dns;
using FsCheck.Xunit;

namespace Feeds.Mail.Tests;

/// <summary>Records and answers are written by strangers.</summary>
public sealed class HostileRecordTests
{
    private const string SpfLetters = "v=spf1 +-~?a:mxincludeptr4/6%{}slodirh_.redirect=19";

    [Property(MaxTest = 2000)]
    public void Any_text_is_an_SPF_record_or_refused_with_a_sentence(int[] letters)
    {
        var text = $"v=spf1 {string.Concat(letters.Select(letter => SpfLetters[(int)((uint)letter % SpfLetters.Length)]))}";
        try
        {
            foreach (var mechanism in SpfRecord.Parse(text).Mechanisms)
            {
                var name = SpfMacro.Expand(mechanism.Domain ?? "example.org", "news@example.org", "example.org", IPAddress.IPv6Loopback);
                Assert.InRange(name.Split('.').Length, 1, 300);
            }
        }
        catch (SpfException refused)
        {
            Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
        }
    }

    [Property(MaxTest = 2000)]
    public void Any_text_is_a_list_of_tags_and_a_policy_or_refused(string? text)
    {
        Assert.True(TagList.Parse(text ?? "", out var reason) is not null || reason is { Length: > 0 });
        Assert.NotNull(TransportCheck.Judge(text ?? "", ["mx.example.org"]));
    }

    [Fact]
    public async Task An_answer_with_damaged_octets_is_no_verdict_and_no_crash()
    {
        await using var dns = ZoneServer.Start(("example.org", new string('x', 600)));
        var random = new Random(20261123);
        dns.Damage = answer =>
        {
            // The identifier stays: an answer to another question is waited past.
            for (var i = 0; i < 3; i++)
            {
                answer[random.Next(2, answer.Length)] = (byte)random.Next(256);
            }

            return random.Next(4) == 0 ? answer[..random.Next(12, answer.Length)] : answer;
        };

        var refused = 0;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                Assert.InRange((await new NameService([dns.Address], TimeSpan.FromMilliseconds(50)).TextsAsync("example.org", default)).Count, 0, 50);
            }
            catch (NameServiceException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 99);
    }
}
