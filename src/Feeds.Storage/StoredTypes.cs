using System.Globalization;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.Mapping;

namespace Feeds.Storage;

internal static class StoredTypes
{
    public static MappingSchema Schema { get; } = Create();

    private static MappingSchema Create()
    {
        var schema = new MappingSchema("feeds");
        schema.AddScalarType(typeof(DateTimeOffset), DataType.Int64);
        schema.SetConverter<DateTimeOffset, long>(instant => instant.ToUnixTimeMilliseconds());
        schema.SetConverter<long, DateTimeOffset>(DateTimeOffset.FromUnixTimeMilliseconds);
        schema.SetConverter<DateTimeOffset, DataParameter>(instant => new DataParameter(null, instant.ToUnixTimeMilliseconds(), DataType.Int64));
        schema.SetValueToSqlConverter(
            typeof(DateTimeOffset),
            (text, _, value) => text.Append(((DateTimeOffset)value).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
        return schema;
    }
}
