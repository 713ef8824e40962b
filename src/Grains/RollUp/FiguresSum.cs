using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;
using Grid.Grains.Alarms;

namespace Grid.Grains.RollUp;

/// <summary>
/// A running sum of contributions. Integers only, so that the order of additions and subtractions does not matter; what is subtracted must
/// have been added.
/// </summary>
internal sealed class FiguresSum
{
    private const int KindCount = 6;
    private const int StatusCount = 5;
    private const int LevelCount = 4;

    private readonly KindSum?[] _kinds = new KindSum?[KindCount];

    public void Add(in Contribution contribution) => KindOf(contribution.Kind).Apply(contribution, +1);

    public void Subtract(in Contribution contribution) => KindOf(contribution.Kind).Apply(contribution, -1);

    /// <summary>Adds the figures of the kinds asked for.</summary>
    public void Add(TerritoryFigures figures, DeviceKinds kinds)
    {
        foreach (var figure in figures.Kinds)
        {
            if ((kinds & (DeviceKinds)(1 << (int)figure.Kind)) != 0)
            {
                KindOf(figure.Kind).Add(figure);
            }
        }
    }

    public void CountAlarm(DeviceKind kind, AlarmBucket bucket, int change) => KindOf(kind).CountAlarm(bucket, change);

    public void CountAlarmStarts(AlarmStarts starts) => KindOf(starts.Kind).CountStarts(starts.Minute, starts.Count);

    /// <summary>Counts alarms as another sum does: they are no contribution, and are counted where they change.</summary>
    public void TakeAlarms(FiguresSum other)
    {
        foreach (var kind in other._kinds)
        {
            if (kind is not null)
            {
                KindOf(kind.Kind).TakeAlarms(kind);
            }
        }
    }

    public TerritoryFigures ToFigures()
    {
        var figures = ImmutableArray.CreateBuilder<KindFigures>(KindCount);
        foreach (var kind in _kinds)
        {
            if (kind is { IsEmpty: false })
            {
                figures.Add(kind.ToFigures());
            }
        }

        return new TerritoryFigures { Kinds = figures.DrainToImmutable() };
    }

    private KindSum KindOf(DeviceKind kind) => _kinds[(int)kind] ??= new KindSum(kind);

    private sealed class KindSum(DeviceKind kind)
    {
        private readonly long[] _byStatus = new long[StatusCount];
        private readonly long[] _byLevel = new long[LevelCount];

        // Newest first: nearly every amount is of one of the first two.
        private readonly List<DayAmount> _days = [];
        private readonly List<DayAmount> _saved = [];
        private readonly List<MinuteCount> _starts = [];
        private long _on, _off, _failed, _power, _flow, _leaks, _comfort, _over80, _overflowing, _fires, _counting;
        private long _unacknowledged, _acknowledged, _shelved;

        public DeviceKind Kind => kind;

        /// <summary>An alarm may outlast the last device of its kind, such as that of a gateway.</summary>
        public bool IsEmpty => Total == 0 && _unacknowledged == 0 && _acknowledged == 0 && _shelved == 0;

        public long Total { get; private set; }

        public void CountAlarm(AlarmBucket bucket, int change)
        {
            _unacknowledged += bucket == AlarmBucket.Unacknowledged ? change : 0;
            _acknowledged += bucket == AlarmBucket.Acknowledged ? change : 0;
            _shelved += bucket == AlarmBucket.Shelved ? change : 0;
        }

        /// <summary>The newest minutes are kept; an older one that comes late may be one of those that are kept no more.</summary>
        public void CountStarts(int minute, long count)
        {
            var place = 0;
            while (place < _starts.Count && _starts[place].Minute > minute)
            {
                place++;
            }

            if (place < _starts.Count && _starts[place].Minute == minute)
            {
                _starts[place] = new MinuteCount(minute, _starts[place].Count + count);
            }
            else if (place < KindFigures.MaximumMinutes)
            {
                _starts.Insert(place, new MinuteCount(minute, count));
                if (_starts.Count > KindFigures.MaximumMinutes)
                {
                    _starts.RemoveAt(KindFigures.MaximumMinutes);
                }
            }
        }

        public void TakeAlarms(KindSum other)
        {
            (_unacknowledged, _acknowledged, _shelved) = (other._unacknowledged, other._acknowledged, other._shelved);
            _starts.Clear();
            _starts.AddRange(other._starts);
        }

        public void Apply(in Contribution contribution, int sign)
        {
            Total += sign;
            _byStatus[(int)contribution.Status] += sign;
            _byLevel[contribution.LocalLevel] += sign;
            _on += contribution.Light == LightState.On ? sign : 0;
            _off += contribution.Light == LightState.Off ? sign : 0;
            _failed += contribution.Light == LightState.Failed ? sign : 0;
            _power += sign * contribution.PowerMilliwatts;
            _flow += sign * contribution.FlowMillilitresPerHour;
            if (contribution.Flags != ContributionFlags.None)
            {
                _leaks += contribution.Flags.HasFlag(ContributionFlags.LeakSuspect) ? sign : 0;
                _comfort += contribution.Flags.HasFlag(ContributionFlags.ComfortBreach) ? sign : 0;
                _over80 += contribution.Flags.HasFlag(ContributionFlags.Over80Percent) ? sign : 0;
                _overflowing += contribution.Flags.HasFlag(ContributionFlags.Overflowing) ? sign : 0;
                _fires += contribution.Flags.HasFlag(ContributionFlags.Fire) ? sign : 0;
            }

            var bounds = contribution.Bounds;
            _counting += bounds.HasFlag(DayBounds.Counts) ? sign : 0;
            if (contribution.Day != 0)
            {
                AddDay(_days, contribution.Day, sign * contribution.DayAmount, bounds.HasFlag(DayBounds.Begins) ? sign : 0);
                AddDay(_days, contribution.Day - 1, sign * contribution.PreviousDayAmount, bounds.HasFlag(DayBounds.PreviousIsWhole) ? sign : 0);

                // The next day has begun, and what it has so far is known: nothing.
                AddDay(_days, contribution.Day + 1, 0, bounds.HasFlag(DayBounds.Ends) ? sign : 0);
            }

            if (contribution.SavedDay != 0)
            {
                AddDay(_saved, contribution.SavedDay, sign * contribution.DaySaved, 0);
                AddDay(_saved, contribution.SavedDay - 1, sign * contribution.PreviousDaySaved, 0);
            }
        }

        public void Add(KindFigures figures)
        {
            Total += figures.Total;
            for (var status = 0; status < StatusCount; status++)
            {
                _byStatus[status] += figures.ByStatus[status];
            }

            for (var level = 0; level < figures.ByLocalLevel.Length; level++)
            {
                _byLevel[level] += figures.ByLocalLevel[level];
            }

            _on += figures.LightsOn;
            _off += figures.LightsOff;
            _failed += figures.LightsFailed;
            _power += figures.PowerMilliwatts;
            _flow += figures.FlowMillilitresPerHour;
            _leaks += figures.LeakSuspects;
            _comfort += figures.ComfortBreaches;
            _over80 += figures.Over80Percent;
            _overflowing += figures.Overflowing;
            _fires += figures.Fires;
            _counting += figures.Counting;
            _unacknowledged += figures.AlarmsUnacknowledged;
            _acknowledged += figures.AlarmsAcknowledged;
            _shelved += figures.AlarmsShelved;
            foreach (var minute in figures.AlarmStarts)
            {
                CountStarts(minute.Minute, minute.Count);
            }

            foreach (var day in figures.Days)
            {
                AddDay(_days, day.Day, day.Amount, day.FromMidnight);
            }

            foreach (var day in figures.SavedDays)
            {
                AddDay(_saved, day.Day, day.Amount, 0);
            }
        }

        public KindFigures ToFigures() => new()
        {
            Kind = kind,
            Total = Total,
            ByStatus = [.. _byStatus],
            LightsOn = _on,
            LightsOff = _off,
            LightsFailed = _failed,
            PowerMilliwatts = _power,
            FlowMillilitresPerHour = _flow,
            LeakSuspects = _leaks,
            ComfortBreaches = _comfort,
            Over80Percent = _over80,
            Overflowing = _overflowing,
            Fires = _fires,
            ByLocalLevel = kind == DeviceKind.Environment ? [.. _byLevel] : [],
            Days = Newest(_days),
            SavedDays = Newest(_saved),
            AlarmsUnacknowledged = _unacknowledged,
            AlarmsAcknowledged = _acknowledged,
            AlarmsShelved = _shelved,
            AlarmStarts = [.. _starts],
            Counting = _counting,
        };

        private static ImmutableArray<DayAmount> Newest(List<DayAmount> days) =>
            [.. CollectionsMarshal.AsSpan(days)[..Math.Min(days.Count, KindFigures.MaximumDays)]];

        /// <summary>A day that sums to nothing is dropped, so that the sum does not depend on what came and went.</summary>
        private static void AddDay(List<DayAmount> days, int day, long amount, long fromMidnight)
        {
            if (amount == 0 && fromMidnight == 0)
            {
                return;
            }

            var place = 0;
            while (place < days.Count && days[place].Day > day)
            {
                place++;
            }

            if (place == days.Count || days[place].Day != day)
            {
                days.Insert(place, new DayAmount(day, amount, fromMidnight));
            }
            else
            {
                var sum = new DayAmount(day, days[place].Amount + amount, days[place].FromMidnight + fromMidnight);
                if (sum is { Amount: 0, FromMidnight: 0 })
                {
                    days.RemoveAt(place);
                }
                else
                {
                    days[place] = sum;
                }
            }
        }
    }
}
