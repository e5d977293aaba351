using Microsoft.Extensions.Options;

namespace Feeds.Mail.Tests;

public sealed class MailOptionsTests
{
    [Fact]
    public void What_a_newcomer_has_is_fine() => Assert.True(Validate(new MailOptions()).Succeeded);

    [Fact]
    public void A_live_server_with_a_login_is_fine()
    {
        using var folder = new TestFolder();
        var options = Live();
        options.From = "L’Atelier <news@example.org>";
        options.Smtp.Username = "sender";
        options.Smtp.PasswordFile = folder.Write("password", "hush");
        options.Smtp.MessagesPerSecond = 20;

        Assert.True(Validate(options).Succeeded);
    }

    public static TheoryData<string, Action<MailOptions>> Mistakes => new()
    {
        { "Mail:Mode", options => options.Mode = (MailMode)7 },
        { "Mail:From", options => options.From = "" },
        { "Mail:From", options => options.From = "nobody" },
        { "Mail:From", options => options.From = "a@example.org, b@example.org" },
        { "Mail:From", options => options.From = "x <a@example.org>\r\nBcc: b@example.org" },
        { "Mail:From", options => options.From = "élodie@example.org" },
        { "Mail:BounceAddress", options => options.BounceAddress = "" },
        { "Mail:BounceAddress", options => options.BounceAddress = "Name <bounces@example.org>" },
        { "Mail:BounceAddress", options => options.BounceAddress = "élodie@example.org" },
        { "Mail:BounceAddress", options => options.BounceAddress = $"{new string('n', 31)}@example.org" },
        { "Mail:PickupFolder", options => (options.Mode, options.PickupFolder) = (MailMode.Pickup, " ") },
        { "Mail:RedirectTo", options => options.Mode = MailMode.Redirect },
        { "Mail:RedirectTo", options => (options.Mode, options.RedirectTo) = (MailMode.Redirect, "a@example.org, b@example.org") },
        { "Mail:Allow", options => options.Mode = MailMode.Allowlist },
        { "Mail:Allow:0", options => options.Allow.Add("*.example.org") },
        { "Mail:Smtp:Host", options => (options.Mode, options.RedirectTo, options.Smtp.Host) = (MailMode.Redirect, "me@example.org", "") },
        { "Mail:Smtp:Host", options => options.Smtp.Host = "" },
        { "Mail:Smtp:Host", options => options.Smtp.Host = "https://smtp.example.org" },
        { "Mail:Smtp:Port", options => options.Smtp.Port = 0 },
        { "Mail:Smtp:Port", options => options.Smtp.Port = 99_999 },
        { "Mail:Smtp:Connections", options => options.Smtp.Connections = 0 },
        { "Mail:Smtp:Connections", options => options.Smtp.Connections = 33 },
        { "Mail:Smtp:MessagesPerSecond", options => options.Smtp.MessagesPerSecond = 0 },
        { "Mail:Smtp:Security", options => options.Smtp.Security = (SmtpSecurity)9 },
        { "Mail:Smtp:Security", options => (options.Smtp.Security, options.Smtp.Username, options.Smtp.Password) = (SmtpSecurity.None, "sender", "hush") },
        { "Mail:Smtp:Username", options => options.Smtp.Username = "sender" },
        { "Mail:Smtp:Password", options => options.Smtp.Password = "hush" },
        { "Mail:Smtp:PasswordFile", options => (options.Smtp.Username, options.Smtp.PasswordFile) = ("sender", "/nowhere/password") },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_wrong_value_is_named_by_its_key_with_a_mend_and_without_its_secret(string key, Action<MailOptions> mistake)
    {
        var options = Live();
        mistake(options);

        var failure = Assert.Single(Validate(options).Failures!);

        Assert.StartsWith($"{key} ", failure, StringComparison.Ordinal);
        Assert.EndsWith(".", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure, StringComparison.Ordinal);
    }

    private static MailOptions Live() => new()
    {
        Mode = MailMode.Live,
        From = "news@example.org",
        Smtp = new SmtpOptions { Host = "smtp.example.org" },
    };

    private static ValidateOptionsResult Validate(MailOptions options) => new MailOptionsRules().Validate(null, options);
}
