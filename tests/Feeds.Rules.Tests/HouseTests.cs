using System.Reflection;

namespace Feeds.Rules.Tests;

public sealed class HouseTests
{
    private static readonly Assembly[] Rooms =
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "*.dll")
            .Select(Path.GetFileNameWithoutExtension)
            .Where(name => name is "feeds" || House.Arrows.ContainsKey(name!))
            .Select(name => Assembly.Load(name!)),
    ];

    [Fact]
    public void The_rooms_refer_to_each_other_as_the_plan_says_and_a_package_has_one_owner() =>
        Assert.Empty(House.Violations(Path.Combine(Checkout.Root, "src")));

    [Theory]
    [InlineData("Feeds.Mail", "<ProjectReference Include=\"../Feeds.Articles/Feeds.Articles.csproj\" />", "Feeds.Mail refers to Feeds.Articles")]
    [InlineData("Feeds.Syndication", "<ProjectReference Include=\"..\\Feeds.Newsletter\\Feeds.Newsletter.csproj\" />", "Feeds.Syndication refers to Feeds.Newsletter")]
    [InlineData("Feeds.Shared", "<ProjectReference Include=\"../Feeds.Storage/Feeds.Storage.csproj\" />", "Feeds.Shared is a room")]
    [InlineData("Feeds.Mail", "<PackageReference Include=\"Quartz\" /><PackageReference Include=\"quartz\" />", "one project names a package")]
    public void A_forbidden_reference_is_found(string room, string reference, string violation)
    {
        using var folder = new TestFolder();
        folder.Write($"{room}/{room}.csproj", $"<Project><ItemGroup>{reference}</ItemGroup></Project>");

        Assert.Contains(House.Violations(folder.Path), found => found.Contains(violation, StringComparison.Ordinal));
    }

    [Fact]
    public void Only_its_owner_is_compiled_against_a_package()
    {
        Assert.Equal(House.Arrows.Count, Rooms.Length);
        var strangers =
            from room in Rooms
            let name = room.GetName().Name is "feeds" ? "Feeds.Host" : room.GetName().Name!
            from reference in room.GetReferencedAssemblies()
            where House.Owners.TryGetValue(reference.Name!, out var owner) && !string.Equals(owner, name, StringComparison.Ordinal)
            select $"{name} is compiled against {reference.Name}";

        Assert.Empty(strangers);
    }
}
