using System.Globalization;
using System.Text.RegularExpressions;
using Feeds.Testing.Smtp;

namespace Feeds.Mail.Tests;

/// <summary>
/// What a server says to one message: most answers mean what belongs there in some odd form, one may be a refusal or nonsense.
/// It doesn't lie: what it keeps it doesn't refuse, and what it refuses it doesn't keep.
/// </summary>
internal sealed partial class FuzzedTalk
{
    private static readonly string[] Places = ["banner", "EHLO", "MAIL", "RCPT", "DATA", "dot", "taken", "none", "none", "none"];

    private static readonly string[] Unexpected = ["100", "200", "251", "299", "354", "600"];

    private static readonly string[] Pieces =
        ["\r", "\n", "\0", "\t", "\e[2J", "\"", "(", "<", ">", "reader1@example.org", "-", ".", " ", "=?utf-8?q?", "é", "例え", "\u2028", "\u202e", "\ud800", "2.0.0", "5.1.1", "4.7", "5.7.1234", "250", "550-", "x", "ok", new string('y', 90)];

    private static readonly string[] Extensions =
        ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "BINARYMIME", "REQUIRETLS", "STARTTLS", "AUTH", "AUTH PLAIN LOGIN XOAUTH2", "SIZE", "SIZE 0", "SIZE 50000000", "SIZE -1", "SIZE 99999999999999999999", "SIZE x", "LIMITS MAILMAX=1", "XCLIENT", ""];

    private readonly Dictionary<string, string> answers = new(StringComparer.Ordinal);
    private readonly HashSet<string> said = new(StringComparer.Ordinal);
    private readonly string name;

    public FuzzedTalk(int seed, int number)
    {
        // Each message of its own, so that one can be looked at alone.
        var random = new Random(unchecked((seed * 397) ^ number));
        name = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, message {number}");
        var odd = Places[random.Next(Places.Length)];
        foreach (var (place, code) in new[] { ("banner", "220"), ("MAIL", "250"), ("RCPT", random.Next(8) == 0 ? "251" : "250"), ("DATA", "354"), ("taken", "250") })
        {
            answers[place] = Answer(random, code);
        }

        answers["EHLO"] = string.Join("\r\n", ["250-test.invalid", .. Enumerable.Range(0, random.Next(12)).Select(_ => $"250-{Extensions[random.Next(Extensions.Length)]}"), "250 HELP"]);
        if (odd is "taken")
        {
            // It keeps the message, and nobody understands what it says.
            answers[odd] = random.Next(2) == 0 ? Nonsense(random, refusals: false) : Answer(random, Unexpected[random.Next(Unexpected.Length)]);
        }
        else
        {
            answers[odd] = random.Next(3) == 0 ? Nonsense(random, refusals: true) : Answer(random, $"{random.Next(4, 6)}{random.Next(6)}{random.Next(10)}");
        }

        Drop = random.Next(20) == 0 ? (SmtpFault)random.Next(4) : null;
        Reset = random.Next(10) == 0 ? Nonsense(random, refusals: true) : null;
        BeforeByte = random.Next(40) == 0 && answers.Values.All(answer => answer.Length < 2000) ? () => { } : null;
    }

    public SmtpFault? Drop { get; }

    public string? Reset { get; }

    /// <summary>Set where answers come in bytes.</summary>
    public Action? BeforeByte { get; }

    /// <summary>How many different answers were given.</summary>
    public int Said
    {
        get
        {
            lock (said)
            {
                return said.Count;
            }
        }
    }

    public string Say(string place)
    {
        lock (said)
        {
            said.Add(place);
        }

        return answers[place];
    }

    /// <summary>The answer to the final dot where it doesn't keep the message.</summary>
    public string? Refusal() => answers.ContainsKey("dot") ? Say("dot") : null;

    public override string ToString() =>
        $"{name}, {Drop}, {string.Join(", ", answers.Select(answer => $"{answer.Key} {Uri.EscapeDataString(answer.Value[..Math.Min(answer.Value.Length, 80)])}"))}";

    private static string Answer(Random random, string code) => random.Next(12) switch
    {
        0 => code,
        1 => $"{code} ",
        2 => string.Join("\r\n", [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => $"{code}-{Text(random, 4)}"), $"{code} {Text(random, 4)}"]),
        3 => $"{code} {code[0]}.{random.Next(9)}.{random.Next(20)} {Text(random, 8)}",
        4 => $"{code} {code[0]}.{random.Next(2000)}.{random.Next(2000)}",
        5 => $"{code}\t{Text(random, 2)}",
        8 => $"\r\n{code} {Text(random, 2)}",
        6 when random.Next(20) == 0 => $"{code} {new string('x', 100_000)}",
        7 when random.Next(20) == 0 => string.Join("\r\n", [.. Enumerable.Repeat($"{code}-x", 5000), $"{code} x"]),
        _ => $"{code} {Text(random, 12)}",
    };

    private static string Nonsense(Random random, bool refusals) => random.Next(refusals ? 7 : 3) switch
    {
        // An answer of less than a code's length is waited on for more, as if nothing had come: tests of patience are others.
        0 => $"what? {Text(random, 10)}",
        1 => new string('z', random.Next(20) == 0 ? 100_000 : 300),
        2 => "* OK IMAP4rev1",
        3 => $"{random.Next(600, 1000)} {Text(random, 3)}",
        4 => $"1{random.Next(10, 100)} wait",
        5 => $"421-{Text(random, 3)}",
        _ => "550-one\r\n451 other",
    };

    // What follows a line's end is the next answer: that would be a lie.
    private static string Text(Random random, int most) =>
        AfterLine().Replace(string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)])), "$0?");

    [GeneratedRegex(@"[\r\n]+(?=[0-9])|[\r\n]+\z", RegexOptions.None, 1000)]
    private static partial Regex AfterLine();
}
