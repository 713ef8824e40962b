using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Grains.Rules.Communes;

namespace Grid.Simulation.Checks;

/// <summary>Rules for communes: their alarms are what the figures of the communes were at the last look. What they decided is done once, as for all others.</summary>
internal sealed partial class RulesCheck
{
    private async Task CompareCommunesAsync()
    {
        foreach (var commune in _world.Communes)
        {
            if (await _process.Grains.GetGrain<ICommuneGrain>(commune.InseeCode).GetSample() is not { } sample)
            {
                continue;
            }

            var first = SectorMap.SectorsOf(commune.InseeCode, commune.Population)[0];
            var unacknowledged = sample.Summary.Figures.Kinds.Sum(kind => kind.AlarmsUnacknowledged);
            foreach (var id in Field.RuleDraw.IdsOfCommunes)
            {
                // What was published, or which communes belong to a body, may be another since that look.
                var view = _world.Writers.Known.GetValueOrDefault(id);
                var published = view?.Versions.FirstOrDefault(version => version.Version == view.Published);
                if (_world.Writers.ChangedAt(id) >= sample.At - Tolerance || published?.Scope.StartsWith("syndicate:", StringComparison.Ordinal) == true)
                {
                    continue;
                }

                var alarm = AlarmIds.Of(CommuneRuleTurn.SourceOf(commune.InseeCode, first), AlarmIds.RulePrefix + id);
                var isOver = published is null || KindsOf(published.Scope, first) == DeviceKinds.None || unacknowledged <= FollowedBy(id)!.AlarmsOver;
                var isActive = _alarms.ContainsKey(alarm);
                if (isActive == isOver && (isActive || FollowedBy(id)!.For == TimeSpan.Zero))
                {
                    _wrong.Add($"the alarm of {id} version {published?.Version} at {commune.InseeCode} is {(isActive ? "active" : "over")} and must not be: {unacknowledged} alarms were unacknowledged at {sample.At:HH:mm:ss}");
                }
            }
        }
    }
}
