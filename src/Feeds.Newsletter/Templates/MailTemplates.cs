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
    private readonly TemplateFolder templates;
    private readonly CompiledTemplates? kept;
    private readonly Lazy<RazorLightEngine> engine;
    private int renderings;

    /// <param name="folder">Absolute path of the folder <c>templates</c>.</param>
    /// <param name="kept">Where compiled templates are kept from one start to the next; null to keep none.</param>
    internal MailTemplates(string folder, CompiledTemplates? kept = null)
    {
        this.folder = folder;
        this.kept = kept;
        templates = new TemplateFolder(folder);
        engine = new Lazy<RazorLightEngine>(() => new RazorLightEngine(new EngineHandler(
            Options(), new TemplateCompiler(templates, kept), new TemplateFactoryProvider(), new MemoryCachingProvider())));
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

        var names = templates.Names();
        var sentences = Required.Except(names, StringComparer.Ordinal)
            .Select(name => $"templates/{name} is lacking. Restore it from the program's own templates.").ToList();
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            sentences.AddRange(await MistakesAsync(name));
        }

        return sentences;
    }

    /// <summary>
    /// Whether another process had better compile them first: some template is not compiled yet and can be kept once it is,
    /// and a process that compiled holds a hundred megabytes more to its end.
    /// </summary>
    public async Task<bool> AwaitCompilerAsync()
    {
        if (kept is null || !Directory.Exists(folder) || !kept.CanKeep())
        {
            return false;
        }

        try
        {
            foreach (var name in templates.Names())
            {
                if (await templates.ReadAsync(name) is { } template && !kept.Holds(template))
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Compiling names it.
            return false;
        }
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
