using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Grains.Alarms;

/// <summary>Causes that may serve several sectors: what of them is here, and whose alarm explains it.</summary>
internal sealed partial class SectorAlarms
{
    private readonly HashSet<string> _spanning = new(StringComparer.Ordinal);

    /// <summary>What is here of a cause.</summary>
    public AlarmCauseGlance Glance(string key)
    {
        if (!_causes.TryGetValue(key, out var cause))
        {
            return default;
        }

        var made = Find(AlarmIds.Of(cause.Source, cause.Condition));
        return new(ShareOf(cause).Active, made is { IsActive: true }, made is { IsActive: true } ? DateTimeOffset.FromUnixTimeMilliseconds(made.RaisedAt) : null, cause.Home);
    }

    /// <summary>From now on another sector's alarm explains what hangs on the cause here, or this one's what does anywhere; or each its own.</summary>
    public void Take(AlarmCauseEntry entry, long offset)
    {
        _offset = offset;
        var at = entry.ReceivedAt.ToMilliseconds();
        AdvanceTo(at);
        var cause = CauseOf(entry.Device);
        cause.Home = entry.Home;
        Settle(cause, ShareOf(cause), at);
    }

    /// <summary>Causes of which something was, or may be, told as one over several sectors.</summary>
    public IEnumerable<string> SpanningCauses() => _causes.Values.Where(cause => cause.MaySpan && (cause.Active.Count > 0 || cause.Home is not null)).Select(cause => cause.Key);

    /// <summary>Those of which something changed since this was asked last.</summary>
    public ImmutableArray<string> TakeSpanning()
    {
        if (_spanning.Count == 0)
        {
            return [];
        }

        ImmutableArray<string> keys = [.. _spanning.Order(StringComparer.Ordinal)];
        _spanning.Clear();
        return keys;
    }

    private void Spans(AlarmCause cause, bool isNews)
    {
        if (isNews && cause.MaySpan)
        {
            _spanning.Add(cause.Key);
        }
    }
}
