using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Orleans;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>
/// An order as several devices may have it: with an end in place of a duration, since they are not asked at the same instant. Up to the next whole minute, as they were
/// not told at the same instant either; at its very end each is told what comes then.
/// </summary>
/// <param name="Name">Name of the command.</param>
/// <param name="Arguments">Its arguments but for the duration.</param>
/// <param name="Ends">When it ends; null when it does not by itself.</param>
[GenerateSerializer, Immutable, Alias("grid.SharedOrder")]
public sealed record SharedOrder(
    [property: Id(0)] string Name, [property: Id(1)] ImmutableSortedDictionary<string, double> Arguments, [property: Id(2)] DateTimeOffset? Ends)
{
    private const string Duration = "durationMinutes";

    /// <summary>The order of a device as it is at an instant.</summary>
    public static SharedOrder Of(DeviceOrder order, DateTimeOffset now) => order.Arguments.TryGetValue(Duration, out var minutes)
        ? new SharedOrder(order.Name, order.Arguments.Remove(Duration), WholeMinute(now.AddMinutes(minutes)))
        : new SharedOrder(order.Name, order.Arguments, null);

    /// <summary>The order as it is said at an instant.</summary>
    public DeviceOrder At(DateTimeOffset now) => Ends is { } ends
        ? new DeviceOrder(Name, Arguments.SetItem(Duration, Math.Max(1, (ends - now).TotalMinutes)))
        : new DeviceOrder(Name, Arguments);

    /// <inheritdoc />
    public bool Equals(SharedOrder? other) => other is not null && Name == other.Name && Ends == other.Ends && Arguments.SequenceEqual(other.Arguments);

    /// <inheritdoc />
    public override int GetHashCode() => Ends.GetHashCode() ^ Arguments.Count;

    private static DateTimeOffset WholeMinute(DateTimeOffset at) => new(at.UtcTicks + TimeSpan.TicksPerMinute - 1 - ((at.UtcTicks - 1) % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}
