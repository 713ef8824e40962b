using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;

namespace Grid.Grains.Privacy;

/// <summary>What became of a person's reading at the door.</summary>
public enum Allowance : byte
{
    /// <summary>It may be kept as it is.</summary>
    Whole = 0,

    /// <summary>Some of its metrics may be kept, or it stands for its day.</summary>
    Reduced = 1,

    /// <summary>A newer reading stands for its day already: nothing of it is kept.</summary>
    Superseded = 2,

    /// <summary>None of its metrics may be kept.</summary>
    TooFine = 3,

    /// <summary>The consent on which it rests is not in force.</summary>
    NoConsent = 4,
}

/// <summary>
/// Whose device it is, and how fine its values may be kept. Without a sub-daily consent in force, one index a local day is kept, the newest of the day so far,
/// beside what is no consumption (flags, battery); flow, power and metrics that Grid does not know are not.
/// </summary>
public sealed class PersonalDevice
{
    private static readonly HashSet<string> KeptDaily = new(StringComparer.Ordinal) { "indexLitres", "indexWattHours", "tamper", "batteryPercent" };

    private readonly bool _isDwelling;
    private readonly bool _isSubDaily;
    private readonly bool _restsOnConsent;
    private readonly DateTimeOffset? _consentedAt;
    private readonly DateTimeOffset? _consentEndsAt;
    private long _newest = long.MinValue;
    private string? _pseudonym;

    private PersonalDevice(DeviceDescriptor device, string subscriber)
    {
        Subscriber = subscriber;
        _isDwelling = device.Flag(PersonalData.Dwelling);
        _isSubDaily = device.Text(PersonalData.Granularity) == PersonalData.SubDaily;
        _restsOnConsent = device.Text(PersonalData.LegalBasis) == "consent";
        _consentedAt = DwellingRules.InstantOf(device.Text(PersonalData.ConsentedAt));
        _consentEndsAt = DwellingRules.InstantOf(device.Text(PersonalData.ConsentEndsAt));
    }

    /// <summary>The subscriber.</summary>
    public string Subscriber { get; }

    /// <summary>Stands for the subscriber where the id must not stand.</summary>
    public string PseudonymBy(ISubscriberKeys keys) => _pseudonym ??= keys.PseudonymOf(Subscriber);

    /// <summary>The person's device; null for a device that is nobody's.</summary>
    public static PersonalDevice? Of(DeviceDescriptor device) =>
        PersonalData.SubscriberOf(device) is { } subscriber ? new PersonalDevice(device, subscriber) : null;

    /// <summary>What of a reading may be kept. Its observation and its reception must both be within a consent that it needs.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="calendar">Local days of the device.</param>
    /// <param name="kept">What may be kept, null for nothing.</param>
    public Allowance Allow(ReadingEntry reading, LocalCalendar calendar, out ReadingEntry? kept)
    {
        kept = null;
        if (!_isDwelling)
        {
            kept = reading with { Personal = new PersonalReading { Subscriber = Subscriber } };
            return Allowance.Whole;
        }

        var hasConsent = HasConsent(reading.ObservedAt) && HasConsent(reading.ReceivedAt);
        if (_restsOnConsent && !hasConsent)
        {
            return Allowance.NoConsent;
        }

        if (_isSubDaily && hasConsent)
        {
            kept = reading with { Personal = new PersonalReading { Subscriber = Subscriber } };
            return Allowance.Whole;
        }

        var metrics = reading.Metrics.All(metric => KeptDaily.Contains(metric.Name))
            ? reading.Metrics
            : [.. reading.Metrics.Where(metric => KeptDaily.Contains(metric.Name))];
        if (metrics.IsEmpty)
        {
            return Allowance.TooFine;
        }

        var day = calendar.DayUpTo(reading.ObservedAt.ToMilliseconds());
        if (!IsNewestOfItsDay(reading.ObservedAt.ToMilliseconds(), day))
        {
            return Allowance.Superseded;
        }

        kept = reading with
        {
            Metrics = metrics,
            Personal = new PersonalReading { Subscriber = Subscriber, Day = DateTimeOffset.FromUnixTimeMilliseconds(day.Start) },
        };
        return metrics.Length == reading.Metrics.Length ? Allowance.Whole : Allowance.Reduced;
    }

    /// <summary>True when what history keeps of it under an instant, the midnight that begins a local day, stands for the day: nothing finer may be kept throughout the day.</summary>
    public bool StandsForDay(DateTimeOffset at) => _isDwelling && !(_isSubDaily && HasConsent(at) && HasConsent(at.AddDays(1)));

    private bool HasConsent(DateTimeOffset at) => _consentedAt <= at && (_consentEndsAt is not { } end || at < end);

    /// <summary>
    /// False for one that is older than another of the same day which passed. Only the newest day is remembered: of an earlier day a reading passes, and replaces its
    /// day's value.
    /// </summary>
    private bool IsNewestOfItsDay(long observed, LocalDay day)
    {
        while (true)
        {
            var newest = Volatile.Read(ref _newest);
            if (observed < newest)
            {
                return !day.CountsUpTo(newest);
            }

            if (Interlocked.CompareExchange(ref _newest, observed, newest) == newest)
            {
                return true;
            }
        }
    }
}
