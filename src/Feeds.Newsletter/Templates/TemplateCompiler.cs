using System.Reflection;
using RazorLight;
using RazorLight.Caching;
using RazorLight.Compilation;
using RazorLight.Generation;
using RazorLight.Razor;

namespace Feeds.Newsletter.Templates;

/// <summary>Takes a template that was compiled before from where it is kept, and begins with the compiler only for another one.</summary>
internal sealed class TemplateCompiler : IRazorTemplateCompiler
{
    private readonly TemplateFolder templates;
    private readonly CompiledTemplates? kept;

    // A compiler in the process costs a hundred megabytes, which it never gives back.
    private readonly Lazy<IRazorTemplateCompiler> compiler;

    /// <param name="templates">Where the templates are.</param>
    /// <param name="kept">Where the compiled ones are, or null to keep none.</param>
    public TemplateCompiler(TemplateFolder templates, CompiledTemplates? kept)
    {
        this.templates = templates;
        this.kept = kept;
        compiler = new Lazy<IRazorTemplateCompiler>(() => new RazorLightEngineBuilder()
            .UseProject(new Project(templates))
            .SetOperatingAssembly(typeof(MailTemplates).Assembly)
            .UseCachingProvider(new Keeper(kept))
            .Build().Handler.Compiler);
    }

    public ICompilationService CompilationService => compiler.Value.CompilationService;

    public async Task<CompiledTemplateDescriptor> CompileAsync(string templateKey)
    {
        var template = await templates.ReadAsync(templateKey);
        return template is not null && kept?.Find(template)?.GetCustomAttribute<RazorLightTemplateAttribute>() is { } attribute
            ? new CompiledTemplateDescriptor { TemplateKey = templateKey, TemplateAttribute = attribute }
            : await compiler.Value.CompileAsync(templateKey);
    }

    /// <summary>RazorLight shows what it compiled to its cache.</summary>
    private sealed class Keeper(CompiledTemplates? kept) : MemoryCachingProvider, IPrecompileCallback
    {
        public void Invoke(IGeneratedRazorTemplate generatedRazorTemplate, byte[] rawAssembly, byte[] rawSymbolStore) =>
            kept?.Keep(((Item)generatedRazorTemplate.ProjectItem).Text!, rawAssembly, rawSymbolStore);
    }

    private sealed class Project(TemplateFolder templates) : RazorLightProject
    {
        public override async Task<RazorLightProjectItem> GetItemAsync(string templateKey) => new Item(templateKey, await templates.ReadAsync(templateKey));

        public override Task<IEnumerable<RazorLightProjectItem>> GetImportsAsync(string templateKey) => Task.FromResult<IEnumerable<RazorLightProjectItem>>([]);
    }

    private sealed class Item(string name, TemplateText? text) : RazorLightProjectItem
    {
        public override string Key => name;

        public override bool Exists => text is not null;

        public TemplateText? Text => text;

        public override Stream Read() => text!.Open();
    }
}
