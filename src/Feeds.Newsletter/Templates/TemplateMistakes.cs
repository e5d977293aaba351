using System.Globalization;
using RazorLight.Compilation;
using RazorLight.Generation;

namespace Feeds.Newsletter.Templates;

/// <summary>What the compiler says about a template, as sentences. Apart from <see cref="MailTemplates"/>, since whoever enters here loads the compiler.</summary>
internal static class TemplateMistakes
{
    /// <summary>A sentence for each mistake, with the line where it is known; null if this is no mistake in a template.</summary>
    public static IEnumerable<string>? Of(string name, Exception refused) => refused switch
    {
        TemplateCompilationException compiled => compiled.CompilationDiagnostics.Select(mistake =>
            Sentence(name, mistake.LineSpan is { HasMappedPath: true } span ? span.StartLinePosition.Line + 1 : null, mistake.ErrorMessage)).Distinct(StringComparer.Ordinal),
        TemplateGenerationException parsed => parsed.Diagnostics.Select(mistake => Sentence(name, mistake.Span.LineIndex + 1, mistake.GetMessage(CultureInfo.InvariantCulture))),
        IOException or UnauthorizedAccessException => [$"templates/{name} can't be read: {refused.Message}"],
        _ => null,
    };

    private static string Sentence(string name, int? line, string message) =>
        line is { } known ? $"templates/{name}, line {known}: {message}" : $"templates/{name}: {message}";
}
