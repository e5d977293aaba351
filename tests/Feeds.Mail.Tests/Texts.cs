using FsCheck.Fluent;

namespace Feeds.Mail.Tests;

/// <summary>Text with everything that headers and line-oriented protocols trip over, without lone surrogates.</summary>
internal static class Texts
{
    public static FsCheck.Arbitrary<string> Text() =>
        Gen.Elements("a", " ", "  ", "é", "«\u00a0", "’", "\u202f", "🌞", "👩‍👩‍👧‍👦", "=?", "?=", "=", ".", "\r\n.\r\n", "\r", "\n", "\t", "\"", "\\", "<", ",", "From ", "Bcc: x@y.z", "\0", "\u0085", "\u2028", "--", "mot ", new string('z', 90))
            .ListOf()
            .Select(pieces => string.Concat(pieces))
            .ToArbitrary();
}

/// <summary>Bodies of lines that end with CRLF, the last one perhaps not.</summary>
internal static class Bodies
{
    public static FsCheck.Arbitrary<string> Body() =>
        Gen.Elements("a", "bc", " ", "  ", "\t", " \t ", "\r\n", "\r\n\r\n", ".", "=", "\r\n.\r\n")
            .ListOf()
            .Select(pieces => $"{string.Concat(pieces)}z")
            .SelectMany(body => Gen.Elements("", "\r\n", " \t\r\n", "\r\n\r\n \r\n", "  ").Select(end => body + end))
            .ToArbitrary();
}
