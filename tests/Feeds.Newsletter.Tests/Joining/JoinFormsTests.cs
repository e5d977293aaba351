using System.Net;
using Feeds.Newsletter.Joining;
using Feeds.Storage;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class JoinFormsTests
{
    private static readonly JoinForm Form = new("ines@atelier.example.net", "weekly", []);

    [DatabaseTheory, EachDatabase]
    public async Task A_form_is_shown_again_that_is_younger_than_two_seconds_older_than_a_day_or_none_of_ours(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        var token = (await room.Subscribers.IssueFormAsync(null, null, default)).Token;

        Assert.Equal(JoinOutcome.Stale, (await room.Subscribers.AskAsync(Form with { Token = token }, default)).Outcome);
        room.Clock.Advance(JoinForms.Youngest - TimeSpan.FromMilliseconds(1));
        Assert.Equal(JoinOutcome.Stale, (await room.Subscribers.AskAsync(Form with { Token = token }, default)).Outcome);
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(JoinWorth.Form, await room.Get<JoinForms>().JudgeAsync(Form with { Token = token }, default));
        room.Clock.Advance(JoinForms.Oldest - JoinForms.Youngest);
        Assert.Equal(JoinWorth.Form, await room.Get<JoinForms>().JudgeAsync(Form with { Token = token }, default));
        room.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await room.Get<JoinForms>().JudgeAsync(Form with { Token = token }, default));
        Assert.Null(await room.Get<JoinForms>().JudgeAsync(Form with { Token = "" }, default));
        Assert.Equal(JoinWorth.Bare, await room.Get<JoinForms>().JudgeAsync(Form, default));
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_form_that_is_shown_once_more_keeps_its_age_and_an_old_one_is_renewed(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        var token = (await room.Subscribers.IssueFormAsync(null, null, default)).Token;
        room.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(token, (await room.Subscribers.IssueFormAsync(null, token, default)).Token);
        Assert.NotEqual("forged", (await room.Subscribers.IssueFormAsync(null, "forged", default)).Token, StringComparer.Ordinal);
        room.Clock.Advance(JoinForms.Oldest);
        Assert.NotEqual(token, (await room.Subscribers.IssueFormAsync(null, token, default)).Token, StringComparer.Ordinal);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Work_is_asked_for_where_a_budget_is_low_and_of_nobody_else(DatabaseProvider provider)
    {
        var (here, there) = (IPAddress.Parse("203.0.113.9"), IPAddress.Parse("198.51.100.9"));
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Join:MailsPerHourAndNetwork", "8"), ("Newsletter:Join:MailsPerHourAndDomain", "16"));
        Assert.Equal(0, (await room.Subscribers.IssueFormAsync(here, null, default)).Bits);

        await room.Subscribers.AskAsync(new JoinForm("a@one.example", "weekly", []) { From = here }, default);
        Assert.Equal(0, (await room.Subscribers.IssueFormAsync(here, null, default)).Bits);
        await room.Subscribers.AskAsync(new JoinForm("b@two.example", "weekly", []) { From = here }, default);
        Assert.Equal((ProofOfWork.Bits, 0), ((await room.Subscribers.IssueFormAsync(here, null, default)).Bits, (await room.Subscribers.IssueFormAsync(there, null, default)).Bits));

        foreach (var number in Enumerable.Range(0, 4))
        {
            await room.Subscribers.AskAsync(new JoinForm($"a{number}@three.example", "weekly", []) { From = new IPAddress([10, 0, (byte)number, 1]) }, default);
        }

        Assert.Equal(ProofOfWork.Bits, (await room.Subscribers.IssueFormAsync(there, null, default)).Bits);
        room.Clock.Advance(BudgetBook.Window);
        Assert.Equal(0, (await room.Subscribers.IssueFormAsync(here, null, default)).Bits);
    }

    [DatabaseTheory, EachDatabase]
    public async Task A_slip_in_a_common_domain_is_asked_about_before_anything_is_kept(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider);
        var slip = Form with { Email = "ines@gmial.com" };

        Assert.Equal(new JoinAnswer(JoinOutcome.Misspelt, "ines@gmail.com"), await room.Subscribers.AskAsync(slip, default));
        await room.Get<JoinDesk>().StepAsync(default);
        Assert.Empty(await room.MailsAsync());

        Assert.Equal(new JoinAnswer(JoinOutcome.Taken), await room.Subscribers.AskAsync(slip with { IsSure = true }, default));
        await room.Get<JoinDesk>().StepAsync(default);
        Assert.Equal("ines@gmial.com", Assert.Single(await room.MailsAsync()).Address);
    }

    [DatabaseTheory, EachDatabase]
    public async Task Work_is_asked_of_everybody_where_all_mails_together_are_low(DatabaseProvider provider)
    {
        await using var room = await Newsroom.OpenAsync(provider, ("Newsletter:Join:MailsPerHour", "8"));
        foreach (var number in Enumerable.Range(0, 2))
        {
            Assert.Equal(0, (await room.Subscribers.IssueFormAsync(IPAddress.Loopback, null, default)).Bits);
            await room.Subscribers.AskAsync(new JoinForm($"a@d{number}.example", "weekly", []) { From = new IPAddress([10, 0, (byte)number, 1]) }, default);
        }

        Assert.Equal(ProofOfWork.Bits, (await room.Subscribers.IssueFormAsync(IPAddress.Loopback, null, default)).Bits);
        room.Clock.Advance(BudgetBook.Window);
        Assert.Equal(0, (await room.Subscribers.IssueFormAsync(IPAddress.Loopback, null, default)).Bits);
    }
}
