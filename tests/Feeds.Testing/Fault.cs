using Xunit.Abstractions;
using Xunit.Sdk;

namespace Feeds.Testing;

/// <summary>
/// Says which fault a test shows to be survived. It becomes the traits <c>Fault</c>, which names it, and <c>Category=Faults</c>:
/// <c>dotnet test --filter Category=Faults</c> runs all of them, <c>--filter "Fault~421"</c> one.
/// </summary>
/// <param name="row">One of those that tests/Feeds.Rules.Tests lists.</param>
[TraitDiscoverer("Feeds.Testing.FaultDiscoverer", "Feeds.Testing")]
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class FaultAttribute(string row) : Attribute, ITraitAttribute
{
    /// <summary>The fault's name.</summary>
    public string Row { get; } = row;
}

/// <summary>Tells the runner the traits of a <see cref="FaultAttribute"/>.</summary>
public sealed class FaultDiscoverer : ITraitDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) =>
        [new("Fault", (string)traitAttribute.GetConstructorArguments().Single()), new("Category", "Faults")];
}
