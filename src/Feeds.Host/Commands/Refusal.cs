using System.Data.Common;
using System.Reflection;
using Feeds.Storage;
using Feeds.Syndication;
using Microsoft.Extensions.Options;

namespace Feeds.Host.Commands;

/// <summary>Tells refusals that a person can mend from mistakes of the program.</summary>
internal static class Refusal
{
    /// <summary>The sentences to show, or null where it is a mistake of the program.</summary>
    public static IReadOnlyList<string>? Of(Exception exception) => exception switch
    {
        OptionsValidationException options => [.. options.Failures],
        StorageException storage => [storage.Message],
        DirectoryNotFoundException or FeedFolderException => [exception.Message],
        // appsettings.json that is no JSON: the outer part names the file, the innermost the line.
        InvalidDataException { InnerException: FormatException } file => [$"{file.Message} {InnermostMessage(file)}"],
        InvalidDataException file => [file.Message],
        AggregateException several when several.InnerExceptions.Select(Of).ToList() is var all && all.TrueForAll(one => one is not null) => [.. all.SelectMany(one => one!)],
        TargetInvocationException { InnerException: { } inner } => Of(inner),
        // "Failed to convert configuration value '…' at 'Mail:Smtp:Port' to type …": the first part names the key.
        InvalidOperationException { InnerException: FormatException or ArgumentException or NotSupportedException } conversion
            when conversion.Message.Contains("configuration value", StringComparison.Ordinal) => [ConversionSentence(conversion)],
        _ when FindInner<DbException>(exception) is { } database && Database.IsUnavailable(database) =>
            [$"The database of Storage:ConnectionString refused or went away: {database.Message.ReplaceLineEndings(" ").TrimEnd('.')}. See that it runs, takes connections and has room, then say it again; what was committed is kept."],
        _ => null,
    };

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not (null or T))
        {
            exception = exception.InnerException;
        }

        return (T?)exception;
    }

    private static string ConversionSentence(InvalidOperationException conversion)
    {
        var words = conversion.Message.Split('\'');
        var key = Array.Find(words, word => word.Contains(':', StringComparison.Ordinal) && !word.Contains(' ', StringComparison.Ordinal));
        var type = words.LastOrDefault(word => word.Contains('.', StringComparison.Ordinal));
        var wanted = type is not null && Type.GetType(type) is null && AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(type)).FirstOrDefault(found => found is not null) is { IsEnum: true } choice
            ? string.Join(" or ", Enum.GetNames(choice).Select(name => name.ToLowerInvariant()))
            : type switch { "System.Int32" => "a whole number", "System.Boolean" => "true or false", _ => "a value of the kind that the README states" };
        return $"{key ?? "A setting"} has a value that can't be read; write {wanted}.";
    }

    private static string InnermostMessage(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception.Message;
    }
}
