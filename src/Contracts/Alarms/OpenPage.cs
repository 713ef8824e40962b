using Orleans;

namespace Grid.Contracts.Alarms;

/// <summary>How far the telling of an alarm to who is on call has come.</summary>
/// <param name="RaisedAt">When the alarm was raised: raised again, it is told from the beginning.</param>
/// <param name="DueAt">When it is to be told next if nobody has acknowledged it; null for never.</param>
/// <param name="Level">To which level then.</param>
/// <param name="Attempt">How often that level was told before.</param>
[GenerateSerializer, Immutable, Alias("grid.OpenPage")]
public sealed record OpenPage([property: Id(0)] DateTimeOffset RaisedAt, [property: Id(1)] DateTimeOffset? DueAt, [property: Id(2)] int Level, [property: Id(3)] int Attempt);

/// <summary>How far the telling of one alarm has come.</summary>
/// <param name="Alarm">Its id.</param>
/// <param name="Page">How far.</param>
[GenerateSerializer, Immutable, Alias("grid.ToldAlarm")]
public readonly record struct ToldAlarm([property: Id(0)] string Alarm, [property: Id(1)] OpenPage Page);
