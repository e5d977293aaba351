using System.Runtime.CompilerServices;
using Feeds.Newsletter.Templates;
using RazorLight;
using RazorLight.Caching;
using RazorLight.Compilation;

namespace Feeds.Newsletter;

/// <summary>
/// The mail templates, <c>templates/*.cshtml</c>: code that operators write, with the rights of the program. Those ending
/// in <c>.text.cshtml</c> are plain text and encode nothing. What is in force was compiled once; a changed file takes
/// force with the next start.
/// </summary>
public sealed class MailTemplates
{
    private static readonly string[] Required = ["confirmation.html.cshtml", "confirmation.text.cshtml", "digest.html.cshtml", "digest.text.cshtml"];

    private readonly string folder;
    private readonly Lazy<RazorLightEngine> engine;
    private int renderings;

    /// <param name="folder">Absolute path of the folder <c>templates</c>.</param>
    /// <param name="kept">Where compiled templates are kept from one start to the next; null to keep none.</param>
    internal MailTemplates(string folder, CompiledTemplates? kept = null)
    {
        this.folder = folder;
        engine = new Lazy<RazorLightEngine>(() => new RazorLightEngine(new EngineHandler(
            Options(), new TemplateCompiler(new TemplateFolder(folder), kept), new TemplateFactoryProvider(), new MemoryCachingProvider())));
    }

    /// <summary>How many bodies were rendered since the start: once per distinct content, not once per subscriber.</summary>
    internal int Renderings => renderings;

    /// <summary>Compiles every template, so that the first edition doesn't find the mistake.</summary>
    /// <returns>A sentence for each mistake, with file and line.</returns>
    public async Task<IReadOnlyList<string>> CompileAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
        {
            return [$"The folder of the mail templates is lacking: {folder}. Restore it from the program's own templates."];
        }

        var names = Directory.EnumerateFiles(folder, "*.cshtml").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).ToList();
        var sentences = Required.Except(names, StringComparer.Ordinal)
            .Select(name => $"templates/{name} is lacking. Restore it from the program's own templates.").ToList();
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sentences.AddRange(await MistakesAsync(name));
        }

        return sentences;
    }

    internal async Task<string> RenderAsync<TModel>(string name, TModel model)
    {
        Interlocked.Increment(ref renderings);
        return await engine.Value.CompileRenderAsync(name, model);
    }

    // Their constructor would load the compiler, for sets of what to compile against; rendering asks for the callbacks alone.
    private static RazorLightOptions Options()
    {
        var options = (RazorLightOptions)RuntimeHelpers.GetUninitializedObject(typeof(RazorLightOptions));
        options.PreRenderCallbacks = [Prepare];
        return options;
    }

    private static void Prepare(ITemplatePage page)
    {
        page.DisableEncoding = page.Key.EndsWith(".text.cshtml", StringComparison.Ordinal);
        ((TemplatePageBase)page).HtmlEncoder = MarkupEncoder.Instance;
    }

    private async Task<IEnumerable<string>> MistakesAsync(string name)
    {
        try
        {
            await engine.Value.CompileTemplateAsync(name);
            return [];
        }
        catch (Exception refused) when (TemplateMistakes.Of(name, refused) is { } sentences)
        {
            return sentences;
        }
    }
}
