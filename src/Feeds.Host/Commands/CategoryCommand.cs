using System.CommandLine;
using Feeds.Articles;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Commands;

/// <summary><c>feeds category list|rename</c>.</summary>
internal static class CategoryCommand
{
    public static Command Create(IReadOnlyList<string> settings) =>
        new("category", "What articles are about.") { CreateList(settings), CreateRename(settings) };

    private static Command CreateList(IReadOnlyList<string> settings)
    {
        var json = JsonOption.Create();
        var command = new Command("list", "Every category that ever had a public article.") { json };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var list = await services.GetRequiredService<ArticleStore>().CategoriesAsync(token);
                if (parsed.GetValue(json))
                {
                    CommandServices.WriteJson(list.Select(one => new
                    {
                        one.Category.Name,
                        one.Category.Slug,
                        Articles = one.ArticleCount,
                        one.Category.Formerly,
                    }));
                }
                else
                {
                    TextTable.Write(
                        ["NAME", "SLUG", "ARTICLES", "FORMERLY"],
                        list.Select(one => (string[])[one.Category.Name, one.Category.Slug, $"{one.ArticleCount}", string.Join(", ", one.Category.Formerly.Select(former => former.Name))]));
                }

                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }

    private static Command CreateRename(IReadOnlyList<string> settings)
    {
        var name = new Argument<string>("NAME") { Description = "As it is called now; `feeds category list` shows the names." };
        var newName = new Argument<string>("NEWNAME") { Description = "As it shall be called." };
        var command = new Command("rename", "Calls a category otherwise. Its old addresses lead to the new ones, and files that say the old name mean it.") { name, newName };
        command.SetAction((parsed, cancellationToken) => CommandServices.RunAsync(
            settings,
            async (services, token) =>
            {
                var (category, refusal) = await services.GetRequiredService<CategoryRenaming>().RenameAsync(parsed.GetRequiredValue(name), parsed.GetRequiredValue(newName), token);
                if (category is null)
                {
                    return await CommandServices.RefuseAsync([refusal!.ToString()]);
                }

                var site = services.GetRequiredService<IOptions<PublicationOptions>>().Value.Base;
                Console.WriteLine($"{category.Name}: {new Uri(site, $"categories/{category.Slug}")}; its old addresses lead there");
                return CommandLine.Done;
            },
            cancellationToken));
        return command;
    }
}
