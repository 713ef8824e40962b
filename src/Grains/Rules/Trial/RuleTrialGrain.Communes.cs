using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Trial;

/// <summary>Rules that need more than a device, commune by commune: what history does not have of their inputs is named, and they are refused.</summary>
public sealed partial class RuleTrialGrain
{
    private async Task<RuleTrialAnswer> TryCommunesAsync(Rule rule, RuleTrialRequest request, long started)
    {
        if (SectorTerms.Alarms(rule).FirstOrDefault() is { } alarm)
        {
            var asked = RulePrinter.Print(alarm);
            return Refused("rule", new(
                $"demande '{asked}', que l’historique n’a pas : elle ne peut pas être essayée", $"asks for '{asked}', which history does not have: it cannot be tried"));
        }

        var scope = request.Scope ?? request.Rule.Scope;
        var device = RuleScopes.DeviceOf(scope) is { } id ? await registry.GetAsync(id, CancellationToken.None) : null;
        var communes = device is { } known ? [(known.Descriptor.Commune, DeviceKinds.All)] : await CommunesAsync(scope, DeviceKinds.All);
        if (communes is not { } some || (rule.Target.IsCommune && device is not null))
        {
            return Refused("scope", rule.Target.IsCommune && device is not null ? RuleForms.NoTerritory : RuleForms.ScopeForms);
        }

        var readings = new TrialReadings(history);
        var events = new List<RuleTrialEvent>();
        var defaults = new Dictionary<string, ImmutableArray<ParameterSet>>(StringComparer.Ordinal);
        var (tried, count) = (0, 0);
        string? cut = null;
        foreach (var (code, competence) in some.Where(commune => (CommuneTerms.KindsOf(rule) & ~commune.Kinds) == 0))
        {
            var (devices, refused) = await SeenAsync(rule, code, competence);
            if (refused is not null)
            {
                return refused;
            }

            if (tried + devices.Count > MostDevices || readings.Points >= MostPoints || clock.GetElapsedTime(started) > MostTime)
            {
                cut = tried + devices.Count > MostDevices ? $"it sees more than {MostDevices} devices: commune {code} and those after it were not tried"
                    : readings.Points >= MostPoints ? $"only {MostPoints} values were read"
                    : $"it was ended after {MostTime.TotalSeconds} s";
                break;
            }

            var named = await FiguresAsync(readings, rule, code, request);
            if (named.FirstOrDefault(pair => pair.Value.Count == 0).Key is { } missing)
            {
                if (named.Values.All(points => points.Count == 0) && some.Length > 1)
                {
                    // A commune without devices has no figures.
                    continue;
                }

                return Refused("rule", new(
                    $"demande {missing}, dont l’historique n’a rien pour la commune {code} avant {request.To:O} : elle ne peut pas être essayée",
                    $"asks for {missing}, of which history has nothing in commune {code} before {request.To:O}: it cannot be tried"));
            }

            if (competence != DeviceKinds.All && named.Keys.FirstOrDefault(figure => CommuneTerms.KindOf(figure) is null) is { } mixed)
            {
                return Refused("rule", new(
                    $"demande {mixed}, que l’historique a pour tous les genres et non pour ceux de la compétence de la portée : elle ne peut pas être essayée",
                    $"asks for {mixed}, which history has of all kinds and not of those for which the scope is competent: it cannot be tried"));
            }

            var states = new List<TrialState>();
            foreach (var record in devices)
            {
                var entries = await ReadAsync(readings, rule, record.Descriptor, request);
                count += entries.Count;
                states.AddRange(DeviceTrial.States(record.Descriptor, await DefaultsAsync(code, request, defaults), entries, request.To, context));
            }

            tried += devices.Count;
            var set = RuleSets.SetOf([new PublishedRule { Id = RuleId, Version = 1, Name = request.Rule.Name, Scope = scope, Kinds = competence, Json = RuleJsonWriter.Write(rule) }]);
            var trial = new CommuneTrial(table.FindCommune(code)!, set, devices, named, context, figures, sectors.RulesLookEvery);
            events.AddRange(trial.Run([.. states.OrderBy(state => state.At)], request.From - RunUp, request.From, request.To));
        }

        return Told(events, tried, count, cut);
    }

    /// <summary>The devices of a commune that a rule sees: those that it is for and those of its groups, of which all must be there.</summary>
    private async Task<(List<DeviceRecord> Devices, RuleTrialAnswer? Refused)> SeenAsync(Rule rule, string commune, DeviceKinds competence)
    {
        var groups = CommuneTerms.Groups(rule).Aggregate(DeviceKinds.None, (all, group) => all | Vocabulary.SetOf(group.Kind));
        var kinds = groups | (RuleChecker.FactsOf(rule).Kinds & competence);
        if (kinds == DeviceKinds.None)
        {
            return ([], null);
        }

        var found = await registry.ListAsync(new DeviceQuery { Communes = [(commune, kinds)], Limit = MostDevices + 1 }, CancellationToken.None);
        if (found.FirstOrDefault(record => (groups & Vocabulary.SetOf(record.Descriptor.Kind)) != 0 && PersonalData.SubscriberOf(record.Descriptor) is not null) is not { } person)
        {
            return ([.. found.Where(record => PersonalData.SubscriberOf(record.Descriptor) is null)], null);
        }

        var kind = Vocabulary.Word(person.Descriptor.Kind);
        return ([], Refused("rule", new(
            $"compte chaque {kind} de la commune {commune}, dont certains sont à des personnes : de ceux-là rien n’est dit, elle ne peut donc pas être essayée",
            $"counts each {kind} of commune {commune}, some of which are persons': of those nothing is told, so that it cannot be tried")));
    }

    private async Task<Dictionary<string, Queue<(DateTimeOffset Look, double Value)>>> FiguresAsync(TrialReadings readings, Rule rule, string commune, RuleTrialRequest request)
    {
        var named = new Dictionary<string, Queue<(DateTimeOffset Look, double Value)>>(StringComparer.Ordinal);
        foreach (var figure in CommuneTerms.Figures(rule))
        {
            var points = await readings.OfFigureAsync(FigureCatalog.SeriesOf($"commune:{commune}"), figure, request.From - RunUp, request.To, MostPoints);
            named.Add(figure, new Queue<(DateTimeOffset, double)>(points.Select(point => (figures.LookOf(point.Time), point.Value))));
        }

        return named;
    }
}
