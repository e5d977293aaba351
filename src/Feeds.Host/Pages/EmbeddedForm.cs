using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Feeds.Newsletter;

namespace Feeds.Host.Pages;

/// <summary>The form as it can stand in a page of another site: plain HTML, no script, nothing to load.</summary>
internal static class EmbeddedForm
{
    /// <param name="site">Language and addresses.</param>
    /// <param name="cadences">What the visitor may choose; one or more.</param>
    public static string Html(SiteView site, IReadOnlyList<Cadence> cadences)
    {
        var html = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<form method=\"post\" action=\"{Encode(site.Address("subscribe"))}\">\n")
            .Append(CultureInfo.InvariantCulture, $"  <label>{Encode(site["Your e-mail address"])} <input type=\"email\" name=\"email\" autocomplete=\"email\" maxlength=\"254\" required></label>\n");
        if (cadences is [var only])
        {
            html.Append(CultureInfo.InvariantCulture, $"  <input type=\"hidden\" name=\"cadence\" value=\"{Encode(only.Name)}\">\n");
        }
        else
        {
            html.Append(CultureInfo.InvariantCulture, $"  <label>{Encode(site["When"])} <select name=\"cadence\">\n");
            foreach (var cadence in cadences)
            {
                html.Append(CultureInfo.InvariantCulture, $"    <option value=\"{Encode(cadence.Name)}\">{Encode(cadence.Title)}</option>\n");
            }

            html.Append("  </select></label>\n");
        }

        return html.Append(CultureInfo.InvariantCulture, $"  <button>{Encode(site["Subscribe"])}</button>\n</form>").ToString();
    }

    private static string Encode(string text) => HtmlEncoder.Create(UnicodeRanges.All).Encode(text);
}
