using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Grains.Alarms.Settings;
using Grid.Grains.Devices;

namespace Grid.Grains.Alarms;

/// <summary>What territories give to the definitions of the alarms.</summary>
internal sealed partial class SectorAlarms
{
    /// <summary>Why an alarm that is not enabled is put aside.</summary>
    private const string ByDefinition = "definition";

    private readonly Dictionary<(string Condition, DeviceKind Kind), AlarmTerms> _terms = [];

    /// <summary>What is given now, in its one form.</summary>
    public ImmutableArray<AlarmSetting> Settings { get; private set; } = [];

    /// <summary>
    /// From now on these hold. An alarm that stands has the new priority and class at once, unless it had another than its definition's; it is put aside, or no more. A delay that is running ends as it began.
    /// </summary>
    public void Take(AlarmSettingsEntry entry, long offset)
    {
        _offset = offset;
        var at = entry.ReceivedAt.ToMilliseconds();
        AdvanceTo(at);
        var former = Settings;
        Use(entry.Settings);
        foreach (var alarm in _alarms.Values.Where(alarm => !alarm.HasLeft).ToArray())
        {
            var (was, now) = (AlarmTerms.Of(former, alarm.Condition, alarm.Kind), TermsOf(alarm));
            Set(Suppressed(
                alarm with
                {
                    Priority = alarm.Priority == was.Priority ? now.Priority : alarm.Priority,
                    Class = alarm.Class == was.Class ? now.Class : alarm.Class,
                },
                at));
            if (was.TimeToRespond != now.TimeToRespond && Find(alarm.Id) is { Parent: null, RaisedAt: > 0 } standing)
            {
                _alarms[alarm.Id] = standing with { ChangedAt = offset };
                _news.Add(alarm.Id);
            }
        }
    }

    private void Use(ImmutableArray<AlarmSetting> settings)
    {
        Settings = settings.IsDefault ? [] : settings;
        _terms.Clear();
    }

    private AlarmTerms TermsOf(Alarm alarm) => TermsOf(alarm.Condition, alarm.Kind);

    private AlarmTerms TermsOf(string condition, DeviceKind kind)
    {
        // Names of rules come and go: only what is known beforehand is remembered.
        if (AlarmCatalog.Find(condition) is null)
        {
            return AlarmTerms.Of([], condition, kind);
        }

        if (!_terms.TryGetValue((condition, kind), out var terms))
        {
            _terms.Add((condition, kind), terms = AlarmTerms.Of(Settings, condition, kind));
        }

        return terms;
    }

    /// <summary>Put aside by design, or no more: while people work on it, or while its definition says so.</summary>
    private Alarm Suppressed(Alarm alarm, long at)
    {
        var isUnderWorks = IsUnderWorks(alarm.Source);
        return AlarmLife.Suppress(alarm, isUnderWorks || !TermsOf(alarm).IsEnabled, isUnderWorks ? AlarmTopology.UnderWorks : ByDefinition, at);
    }
}
