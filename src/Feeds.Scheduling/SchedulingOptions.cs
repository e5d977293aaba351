namespace Feeds.Scheduling;

/// <summary>What Scheduling needs of the section <c>Publication</c>; Articles owns and checks it.</summary>
internal sealed class SchedulingOptions
{
    /// <summary>BCP 47 tag of the language in which schedules are explained.</summary>
    public string Language { get; set; } = "en";

    /// <summary>IANA zone of cadences that name none.</summary>
    public string TimeZone { get; set; } = "UTC";
}
