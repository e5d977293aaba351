using Xunit.Abstractions;
using Xunit.Sdk;

namespace Feeds.Testing;

/// <summary>
/// Says which attack of strangers a test shows to come to nothing. It becomes the traits <c>Attack</c>, which numbers it, and
/// <c>Category=Attacks</c>: <c>dotnet test --filter Category=Attacks</c> runs all of them, <c>--filter Attack=37</c> one.
/// </summary>
/// <param name="number">Of those that tests/Feeds.Rules.Tests lists.</param>
[TraitDiscoverer("Feeds.Testing.AttackDiscoverer", "Feeds.Testing")]
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AttackAttribute(int number) : Attribute, ITraitAttribute
{
    /// <summary>The attack's number.</summary>
    public int Number { get; } = number;
}

/// <summary>Tells the runner the traits of an <see cref="AttackAttribute"/>.</summary>
public sealed class AttackDiscoverer : ITraitDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) =>
        [new("Attack", traitAttribute.GetConstructorArguments().Single()!.ToString()!), new("Category", "Attacks")];
}
