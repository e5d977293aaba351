using System.Net;
using System.Text.RegularExpressions;
using Feeds.Host.Security;
using Microsoft.Extensions.DependencyInjection;

namespace Feeds.Host.Tests.Attacks;

/// <summary>What a browser does at <c>/admin</c>, request by request.</summary>
internal static partial class AdminDoor
{
    public const string Password = "four words make one";

    /// <summary>Chooses the password and signs in; returns the session's cookie.</summary>
    public static async Task<string> OpenAdminAsync(this RunningSite site)
    {
        Assert.True(await site.Services.GetRequiredService<AdminAccount>().SetUpAsync((await site.NewSetupTokenAsync())!, Password, default));
        return await site.SignInAsync("198.51.100.1");
    }

    /// <summary>Signs in once more.</summary>
    public static async Task<string> SignInAsync(this RunningSite site, string from, string cookie = "")
    {
        using var answer = await site.PostPasswordAsync(Password, from, cookie: cookie);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single(one => one.StartsWith("feeds.admin=", StringComparison.Ordinal)).Split(';')[0];
    }

    /// <summary>Sends the form of <c>/admin/login</c>, with the token and the cookie that belong to it.</summary>
    public static async Task<HttpResponseMessage> PostPasswordAsync(this RunningSite site, string password, string from, string query = "", string cookie = "")
    {
        var (token, formCookie) = await site.OpenFormAsync("/admin/login", cookie);
        return await site.SendAsync(HttpMethod.Post, $"/admin/login{query}", from, $"{formCookie}; {cookie}", new FormUrlEncodedContent([new("password", password), new("__RequestVerificationToken", token)]));
    }

    /// <summary>Sends a form of the admin.</summary>
    public static async Task<HttpResponseMessage> PostAsAdminAsync(this RunningSite site, string path, string session, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var (token, formCookie) = await site.OpenFormAsync(path.Split('?')[0], session);
        return await site.SendAsync(HttpMethod.Post, path, "198.51.100.1", $"{session}; {formCookie}", new FormUrlEncodedContent([.. fields, new("__RequestVerificationToken", token)]));
    }

    public static async Task<HttpResponseMessage> SendAsync(this RunningSite site, HttpMethod method, string path, string from, string cookie = "", HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("X-Forwarded-For", from);
        if (cookie.Length > 0)
        {
            request.Headers.Add("Cookie", cookie);
        }

        return await site.Client.SendAsync(request);
    }

    private static async Task<(string Token, string Cookie)> OpenFormAsync(this RunningSite site, string path, string session)
    {
        using var form = await site.SendAsync(HttpMethod.Get, path, "198.51.100.1", session);
        var token = Token().Match(await form.Content.ReadAsStringAsync());
        Assert.True(token.Success, $"{path}: {form.StatusCode}");
        return (token.Groups["token"].Value, form.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("feeds.form=", StringComparison.Ordinal)).Split(';')[0]);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();
}
