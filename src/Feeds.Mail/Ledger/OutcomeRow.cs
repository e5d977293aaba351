using System.Text.Json;
using Feeds.Storage;
using LinqToDB;
using LinqToDB.Data;

namespace Feeds.Mail;

/// <summary>
/// What is written of one outcome. All that come together go to the database as one JSON text: so the statements are the
/// same for any number of them, and from a server there is one answer to wait for. Instants are Unix milliseconds.
/// </summary>
internal sealed record OutcomeRow(
    long Id,
    int Number,
    string State,
    int Attempts,
    int Doubts,
    long? NextAttemptAt,
    long? FirstAttemptAt,
    long? FinishedAt,
    long StartedAt,
    long EndedAt,
    string? Outcome,
    int? ReplyCode,
    string? EnhancedCode,
    string? ReplyText,
    string Relay)
{
    // The members, as JSON and SQL name them.
    private static readonly (string Name, string Type)[] Columns =
    [
        ("id", "bigint"), ("number", "integer"), ("state", "text"), ("attempts", "integer"), ("doubts", "integer"),
        ("next_attempt_at", "bigint"), ("first_attempt_at", "bigint"), ("finished_at", "bigint"), ("started_at", "bigint"), ("ended_at", "bigint"),
        ("outcome", "text"), ("reply_code", "integer"), ("enhanced_code", "text"), ("reply_text", "text"), ("relay", "text"),
    ];

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Where the delivery stands now is written unless a later claim took it over; what came of this claim is, in any case.</summary>
    public static Task WriteAsync(DataConnection transaction, DatabaseProvider provider, IReadOnlyList<OutcomeRow> rows) =>
        transaction.ExecuteAsync(
            Sql(JsonRows.From(provider, rows.Count, Columns)),
            CancellationToken.None,
            new DataParameter("rows", JsonSerializer.Serialize(rows, Json), DataType.Text));

    private static string Sql(string rows) => $"""
        UPDATE delivery SET
            state = o.state, attempts = o.attempts, doubts = o.doubts, next_attempt_at = o.next_attempt_at, first_attempt_at = o.first_attempt_at,
            finished_at = o.finished_at, sender_id = NULL, suppressed_as = CASE WHEN o.state = 'suppressed' THEN 'cancelled' ELSE suppressed_as END
        FROM {rows} AS o
        WHERE delivery.id = o.id AND delivery.claims = o.number AND delivery.state IN ('in_flight', 'uncertain');

        INSERT INTO attempt (delivery_id, number, started_at, ended_at, outcome, reply_code, enhanced_code, reply_text, relay)
        SELECT o.id, o.number, o.started_at, o.ended_at, o.outcome, o.reply_code, o.enhanced_code, o.reply_text, o.relay
        FROM {rows} AS o
        WHERE o.outcome IS NOT NULL
        ON CONFLICT (delivery_id, number) DO UPDATE SET
            ended_at = excluded.ended_at, outcome = excluded.outcome, reply_code = excluded.reply_code,
            enhanced_code = excluded.enhanced_code, reply_text = excluded.reply_text, relay = excluded.relay;
        """;
}
