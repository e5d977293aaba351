using System.Text.RegularExpressions;

namespace Feeds.Rules.Tests;

/// <summary>What delivery survives. Each of the rows is a promise, which tests marked with its name keep.</summary>
public sealed partial class FaultCatalogueTests
{
    private static readonly string[] Rows =
    [
        "Connect refused, DNS fail",
        "4xx/5xx at banner, EHLO",
        "AUTH 535 / 454",
        "STARTTLS absent, fails, bad certificate, injected reply",
        "4xx/5xx MAIL FROM",
        "4xx RCPT (greylist)",
        "5xx RCPT",
        "4xx DATA / after dot",
        "5xx after dot",
        "552 / SIZE too small",
        "421 anywhere",
        "Drop mid-DATA",
        "Drop after dot",
        "Tarpit, 1 byte/s, 9-min final reply",
        "Malformed/multiline/huge reply, no enhanced code",
        "SMTPUTF8 address, server without it",
        "RSET skipped",
        "DB restart mid-transaction; lost COMMIT reply",
        "SQLITE_BUSY",
        "Disk full",
        "kill -9 anywhere",
        "SIGTERM",
        "Clock jump ±1 h",
        "DST gap / overlap",
        "Two nodes start together; SIGSTOP > lease then CONT",
        "Node–DB partition",
        "Template error, one / all subscribers",
        "Retraction after freeze",
        "Unsubscribe, bounce, erasure mid-send",
        "Duplicate DSN, forged DSN, IMAP drop mid-batch",
    ];

    [Fact]
    public void Each_fault_has_a_test_that_runs_on_both_databases_and_no_test_names_another()
    {
        var tests = Checkout.Sources("tests")
            .Where(file => !file.EndsWith($"{nameof(FaultCatalogueTests)}.cs", StringComparison.Ordinal))
            .SelectMany(file => Test().Matches(File.ReadAllText(file)))
            .Select(test => (Text: test.Value, Rows: Named().Matches(test.Value).Select(row => row.Groups["row"].Value).ToList()))
            .ToList();
        var onBoth = tests
            .Where(test => test.Text.Contains("EachDatabase", StringComparison.Ordinal) || test.Text.Contains("MemberData", StringComparison.Ordinal)
                || (test.Text.Contains("DatabaseProvider.Sqlite", StringComparison.Ordinal) && test.Text.Contains("DatabaseProvider.PostgreSql", StringComparison.Ordinal)))
            .SelectMany(test => test.Rows);

        Assert.Empty(Rows.Except(onBoth, StringComparer.Ordinal));
        Assert.Empty(tests.SelectMany(test => test.Rows).Except(Rows, StringComparer.Ordinal));
    }

    /// <summary>The attributes of a test, from the one that names a fault to the method.</summary>
    [GeneratedRegex(@"^ +\[.*\bFault\("".*\n( +\[.*\n)* +public ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Test();

    [GeneratedRegex(@"\bFault\(""(?<row>[^""]+)""\)", RegexOptions.ExplicitCapture, 2000)]
    private static partial Regex Named();
}
