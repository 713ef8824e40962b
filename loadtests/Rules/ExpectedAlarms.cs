using System.Collections.Immutable;
using Grid.Contracts.Devices;

namespace Grid.LoadTests.Rules;

/// <summary>
/// What the rules with a model must come to, found in another way than the grid's: from the models, report by report, with a list of the instants at which windows open and close.
/// </summary>
/// <param name="begin">Before the first report.</param>
/// <param name="end">After the last one.</param>
/// <param name="zone">Where the devices are.</param>
internal sealed class ExpectedAlarms(DateTimeOffset begin, DateTimeOffset end, TimeZoneInfo zone)
{
    private const long LeastBetween = 60_000;
    private const long Hour = 3_600_000;

    private readonly Dictionary<(int From, int To), long[]> _bounds = [];
    private readonly Dictionary<string, Device> _devices = new(StringComparer.Ordinal);

    /// <summary>A device that reports, and the rules that concern it.</summary>
    public void Add(string device, IEnumerable<MixedRule> rules) =>
        _devices.Add(device, new Device([.. rules.Select(rule => new Watch(rule, rule.Model!.Window is { } window ? BoundsOf(window) : []))]));

    /// <summary>It reports.</summary>
    public void Report(ReadingEntry reading)
    {
        if (!_devices.TryGetValue(reading.Device, out var device))
        {
            return;
        }

        var at = reading.ObservedAt.ToUnixTimeMilliseconds();
        Pass(device, at);
        foreach (var metric in reading.Metrics)
        {
            device.Values[metric.Name] = device.Values.TryGetValue(metric.Name, out var known) ? new Reported(metric.Value, at, known.Value, known.At) : new Reported(metric.Value, at, 0, 0);
        }

        foreach (var watch in device.Watches)
        {
            watch.Holds = Compare(watch, device.Values.GetValueOrDefault(watch.Model.Metric));
            Judge(watch, at);
        }
    }

    /// <summary>How often each alarm was raised until an instant, and whether it is at that instant.</summary>
    public Dictionary<(string Device, string Rule), (int Times, bool IsActive)> At(DateTimeOffset instant)
    {
        var alarms = new Dictionary<(string Device, string Rule), (int Times, bool IsActive)>();
        foreach (var (id, device) in _devices)
        {
            Pass(device, instant.ToUnixTimeMilliseconds());
            foreach (var watch in device.Watches.Where(watch => watch.Times > 0))
            {
                alarms.Add((id, watch.Rule), (watch.Times, watch.IsActive));
            }
        }

        return alarms;
    }

    private static bool Compare(Watch watch, Reported metric)
    {
        var model = watch.Model;
        if (metric.At == 0 || (model.Value != ModelledValue.Newest && metric.FormerAt == 0))
        {
            return false;
        }

        var value = model.Value switch
        {
            ModelledValue.Newest => metric.Value,
            ModelledValue.Rate => (metric.Value - metric.Former) * Hour / (metric.At - metric.FormerAt),
            _ => metric.Value - metric.Former,
        };
        var limit = watch.Holds && model.Deadband > 0 ? model.Limit + (model.IsAbove ? -model.Deadband : model.Deadband) : model.Limit;
        return model.IsAbove ? value > limit : value < limit;
    }

    /// <summary>Time passes, and no value changes.</summary>
    private void Pass(Device device, long to)
    {
        foreach (var watch in device.Watches)
        {
            foreach (var bound in watch.Bounds)
            {
                if (bound > device.At && bound <= to)
                {
                    PassTo(watch, bound);
                    Judge(watch, bound);
                }
            }

            PassTo(watch, to);
        }

        device.At = to;
    }

    private void PassTo(Watch watch, long to)
    {
        if (watch is { Holds: true, IsActive: false } && watch.ReachedAt > watch.JudgedAt && watch.ReachedAt <= to)
        {
            Judge(watch, watch.ReachedAt);
        }
    }

    private void Judge(Watch watch, long now)
    {
        watch.JudgedAt = now;
        watch.Since = !watch.Holds ? 0 : watch.Since == 0 ? now : watch.Since;
        var isWithin = watch.Model.Window is not { } window || IsWithin(window, now);
        var isRaised = watch.Holds && isWithin && (watch.IsActive || now >= watch.ReachedAt);
        if (isRaised && !watch.IsActive)
        {
            watch.Times++;
            watch.RaisedAt = now;
        }

        watch.IsActive = isRaised;
    }

    private bool IsWithin((int From, int To) window, long instant)
    {
        var minute = (int)TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(instant), zone).TimeOfDay.TotalMinutes;
        return window.From < window.To ? minute >= window.From && minute < window.To : minute >= window.From || minute < window.To;
    }

    private long[] BoundsOf((int From, int To) window)
    {
        if (_bounds.TryGetValue(window, out var known))
        {
            return known;
        }

        var bounds = new List<long>();
        for (var instant = begin; instant <= end; instant = instant.AddMinutes(1))
        {
            var now = instant.ToUnixTimeMilliseconds();
            if (IsWithin(window, now) != IsWithin(window, now - 1))
            {
                bounds.Add(now);
            }
        }

        return _bounds[window] = [.. bounds];
    }

    private readonly record struct Reported(double Value, long At, double Former, long FormerAt);

    private sealed class Device(ImmutableArray<Watch> watches)
    {
        public ImmutableArray<Watch> Watches { get; } = watches;

        public Dictionary<string, Reported> Values { get; } = new(StringComparer.Ordinal);

        public long At { get; set; }
    }

    private sealed class Watch(MixedRule rule, long[] bounds)
    {
        public string Rule { get; } = rule.Id;

        public RuleModel Model { get; } = rule.Model!;

        public long[] Bounds { get; } = bounds;

        public bool Holds { get; set; }

        public bool IsActive { get; set; }

        public long Since { get; set; }

        public long JudgedAt { get; set; }

        public long RaisedAt { get; set; } = long.MinValue / 2;

        public int Times { get; set; }

        /// <summary>From when on it may be raised.</summary>
        public long ReachedAt => Math.Max(Since + (Model.ForMinutes * 60_000L), RaisedAt + LeastBetween);
    }
}
