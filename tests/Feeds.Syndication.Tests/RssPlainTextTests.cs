using System.Text;
using System.Xml.Linq;
using FsCheck.Xunit;

namespace Feeds.Syndication.Tests;

public sealed class RssPlainTextTests
{
    [Fact]
    public void Plain_text_has_references_that_nobody_takes_for_markup_and_html_and_addresses_stay()
    {
        const string item = "<item><link>https://a.example/?b&amp;c</link><title>1 &lt; 2 &amp; 3 &gt; 2</title><category domain=\"https://a.example/?b&amp;c\">A &amp; B</category><description>A &amp;amp; B</description></item>";

        Assert.Equal(
            "<item><link>https://a.example/?b&amp;c</link><title>1 &#x3C; 2 &#x26; 3 &gt; 2</title><category domain=\"https://a.example/?b&amp;c\">A &#x26; B</category><description>A &amp;amp; B</description></item>",
            Encoding.UTF8.GetString(RssPlainText.Of(Encoding.UTF8.GetBytes(item))));
    }

    [Property(MaxTest = 300)]
    public void To_a_parser_of_xml_nothing_changes(int[] choices)
    {
        string[] pieces = ["&", "<", ">", "a", "é", "\"", "]]>", "&amp;", "&#x26;", "<title>", "</title>", "🚚", "\n"];
        var text = string.Concat(choices.Select(choice => pieces[(int)((uint)choice % (uint)pieces.Length)]));
        var item = new XElement("item", new XElement("title", text), new XElement("description", text), new XElement("category", new XAttribute("domain", text), text), new XElement("link", text));

        var written = XElement.Parse(Encoding.UTF8.GetString(RssPlainText.Of(Encoding.UTF8.GetBytes(item.ToString(SaveOptions.DisableFormatting)))), LoadOptions.PreserveWhitespace);

        Assert.True(XNode.DeepEquals(item, written), $"{item}\n{written}");
    }
}
