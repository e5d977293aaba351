using Feeds.Articles;
using Feeds.Mail;
using Feeds.Newsletter.Content;
using Microsoft.Extensions.Options;

namespace Feeds.Newsletter.Tests;

public sealed class MailTemplatesTests
{
    [Fact]
    public async Task The_shipped_templates_compile()
    {
        Assert.Empty(await Mails.Templates.CompileAsync(default));
    }

    [Fact]
    public async Task A_mistake_is_named_with_its_file_and_line()
    {
        using var folder = new TestFolder();
        foreach (var file in Directory.GetFiles(Mails.TemplatesFolder))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        folder.Write("digest.text.cshtml", "@model Feeds.Newsletter.Content.DigestMail\n\n@Model.Titel\n");
        folder.Write("confirmation.html.cshtml", "@model Feeds.Newsletter.Content.ConfirmationMail\n@if (true) {\n<p>\n");
        File.Delete(folder["confirmation.text.cshtml"]);

        var sentences = await new MailTemplates(folder.Path).CompileAsync(default);

        Assert.Contains(sentences, sentence => sentence.StartsWith("templates/digest.text.cshtml, line 3: ", StringComparison.Ordinal) && sentence.Contains("Titel", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.StartsWith("templates/confirmation.html.cshtml, line ", StringComparison.Ordinal));
        Assert.Contains(sentences, sentence => sentence.StartsWith("templates/confirmation.text.cshtml is lacking", StringComparison.Ordinal));
        Assert.Equal(3, sentences.Select(sentence => sentence.Split(',', ' ')[0]).Distinct(StringComparer.Ordinal).Count());
    }
}
