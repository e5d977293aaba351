using Feeds.Newsletter.Joining;

namespace Feeds.Newsletter.Tests.Joining;

public sealed class CommonDomainsTests
{
    [Theory]
    [InlineData("Ines.B@gmial.com", "Ines.B@gmail.com")]
    [InlineData("a@gmail.con", "a@gmail.com")]
    [InlineData("a@gmail.co", "a@gmail.com")]
    [InlineData("a@gmaill.com", "a@gmail.com")]
    [InlineData("a@gnail.com", "a@gmail.com")]
    [InlineData("a@GMIAL.COM", "a@gmail.com")]
    [InlineData("a@hotnail.fr", "a@hotmail.fr")]
    [InlineData("a@laposte.ent", "a@laposte.net")]
    [InlineData("a@outloo.com", "a@outlook.com")]
    [InlineData("a@\u0067mai.com", "a@gmail.com")]
    public void One_slip_in_a_common_domain_is_found(string typed, string meant) => Assert.Equal(meant, CommonDomains.Suggest(typed));

    [Theory]
    [InlineData("a@gmail.com")]
    [InlineData("a@Gmail.com")]
    [InlineData("a@ymail.com")]
    [InlineData("a@mail.com")]
    [InlineData("a@live.fr")]
    [InlineData("a@yahoo.gr")]
    [InlineData("a@gml.com")]
    [InlineData("a@gmxx.de")]
    [InlineData("a@atelier.example.net")]
    [InlineData("gmial.com@atelier.example.net")]
    public void A_domain_that_is_common_or_like_none_is_left_alone(string typed) => Assert.Null(CommonDomains.Suggest(typed));
}
