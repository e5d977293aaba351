using System.Text;
using System.Xml.Linq;
using Feeds.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Feeds.Host.Security;

/// <summary>Keeps the keys of cookies and forms in the database, so that every process of the program reads the same ones.</summary>
internal sealed class StoredKeyRing(StoredValues values) : IXmlRepository
{
    private const string Prefix = "keyring.";

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. values.ListAsync(Prefix, CancellationToken.None).GetAwaiter().GetResult().Select(value => XElement.Parse(Encoding.UTF8.GetString(value)))];

    public void StoreElement(XElement element, string friendlyName) =>
        values.SetAsync(Prefix + friendlyName, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)), CancellationToken.None).GetAwaiter().GetResult();
}
