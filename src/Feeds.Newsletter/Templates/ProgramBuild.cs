using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Feeds.Newsletter.Templates;

/// <summary>Which build of the program this is: a template may use whatever lies beside the program, and the frameworks.</summary>
internal static class ProgramBuild
{
    private static readonly Lazy<byte[]> Computed = new(Compute);

    /// <summary>SHA-256 of the version of the runtime and the module version ids of the program's assemblies, which differ for each build.</summary>
    public static ReadOnlySpan<byte> Hash => Computed.Value;

    private static byte[] Compute()
    {
        var text = new StringBuilder()
            .AppendLine(RuntimeInformation.FrameworkDescription)
            // One assembly of each framework: those of one framework are replaced together.
            .AppendLine(typeof(object).Module.ModuleVersionId.ToString())
            .AppendLine(typeof(ILogger).Module.ModuleVersionId.ToString());
        foreach (var path in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Order(StringComparer.Ordinal))
        {
            using var file = new PEReader(File.OpenRead(path));
            if (file.HasMetadata)
            {
                var module = file.GetMetadataReader();
                text.Append(Path.GetFileName(path)).Append(' ').Append(module.GetGuid(module.GetModuleDefinition().Mvid)).AppendLine();
            }
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }
}
