using System.Globalization;
using Microsoft.Extensions.Options;

namespace Feeds.Articles;

/// <summary>What is wrong with section <c>Publication</c>, a sentence each.</summary>
internal sealed class PublicationOptionsCheck : IValidateOptions<PublicationOptions>
{
    public ValidateOptionsResult Validate(string? name, PublicationOptions options)
    {
        var failures = new List<string>();
        if (!Uri.TryCreate(options.BaseUrl, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            failures.Add($"Publication:BaseUrl is “{options.BaseUrl}”; write the program’s public address whole, such as https://blog.example.");
        }
        else if (address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            failures.Add("Publication:BaseUrl has a query, a fragment or a user name; write scheme, host and path alone, such as https://blog.example/news.");
        }

        if (options.Title.Trim().Length is 0 or > 200)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"Publication:Title has {options.Title.Trim().Length} characters; write 1 to 200."));
        }

        if (options.Description.Length > 2000)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"Publication:Description has {options.Description.Length} characters; write at most 2000."));
        }

        if (options.Author.Length > 200)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"Publication:Author has {options.Author.Length} characters; write at most 200."));
        }

        if (options.Rights.Length > 500)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"Publication:Rights has {options.Rights.Length} characters; write at most 500."));
        }

        if (!IsPicture(options.Icon))
        {
            failures.Add($"Publication:Icon is “{options.Icon}”; write the address of a picture, such as https://blog.example/icon.png, or its path below Publication:BaseUrl.");
        }

        if (!IsPicture(options.Logo))
        {
            failures.Add($"Publication:Logo is “{options.Logo}”; write the address of a picture, such as https://blog.example/logo.png, or its path below Publication:BaseUrl.");
        }

        if (!IsLanguage(options.Language))
        {
            failures.Add($"Publication:Language is “{options.Language}”; write a language tag such as fr, en or fr-CA.");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out var zone) || !zone.HasIanaId)
        {
            failures.Add($"Publication:TimeZone is “{options.TimeZone}”; write the name of an IANA zone such as Europe/Paris.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // BaseUrl may be wrong too, and has its own sentence then.
    private static bool IsPicture(string written) =>
        written.Length == 0
        || (Uri.TryCreate(new Uri("https://blog.example/"), written, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 && written.Length <= 2000);

    private static bool IsLanguage(string tag)
    {
        try
        {
            return tag.Length > 0 && CultureInfo.GetCultureInfo(tag, predefinedOnly: true) is not null;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }
}

/// <summary>What is wrong with section <c>Articles</c>, a sentence each.</summary>
internal sealed class ArticlesOptionsCheck : IValidateOptions<ArticlesOptions>
{
    public ValidateOptionsResult Validate(string? name, ArticlesOptions options) =>
        string.IsNullOrEmpty(options.Folder) || Directory.Exists(options.Folder)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Articles:Folder is “{options.Folder}”, and there is no such folder; write the path of a folder of Markdown files, or leave the key out.");
}
