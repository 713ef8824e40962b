namespace Grid.Tests.City;

/// <summary>On Orleans time is the wall clock's.</summary>
internal sealed partial class TestCity
{
    private static TimeProvider CreateClock(DateTimeOffset? _) => TimeProvider.System;

    /// <summary>A little time passes.</summary>
    public Task TickAsync() => Task.Delay(TimeSpan.FromMilliseconds(50));
}
