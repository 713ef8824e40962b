using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Communes;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;

namespace Grid.Grains.Rules.Trial;

/// <summary>Rules that need more than a device: what history does not have of their inputs is named, and they are refused.</summary>
internal sealed partial class TrialRun
{
    /// <summary>Null when there is nothing to refuse.</summary>
    private async Task<RuleTrialAnswer?> TryCommunesAsync(Func<bool> isForgotten)
    {
        if (SectorTerms.Alarms(rule).FirstOrDefault() is { } alarm)
        {
            var asked = RulePrinter.Print(alarm);
            return Refused("rule", new(
                $"demande '{asked}', que l’historique n’a pas : elle ne peut pas être essayée", $"asks for '{asked}', which history does not have: it cannot be tried"));
        }

        var device = RuleScopes.DeviceOf(Scope) is { } id ? await registry.GetAsync(id, CancellationToken.None) : null;
        var communes = device is { } known ? [(known.Descriptor.Commune, DeviceKinds.All)] : await CommunesAsync(Scope, DeviceKinds.All);
        if (communes is not { } some || (rule.Target.IsCommune && device is not null))
        {
            return Refused("scope", rule.Target.IsCommune && device is not null ? RuleForms.NoTerritory : RuleForms.ScopeForms);
        }

        some = [.. some.Where(commune => (CommuneTerms.KindsOf(rule) & ~commune.Kinds) == 0)];
        _ofCommunes = some.Length;
        foreach (var (commune, competence) in some)
        {
            if (IsOver(isForgotten))
            {
                return null;
            }

            var named = await FiguresAsync(commune);
            if (named.FirstOrDefault(pair => pair.Value.Count == 0).Key is { } missing)
            {
                if (named.Values.All(points => points.Count == 0) && some.Length > 1)
                {
                    // A commune without devices has no figures.
                    _communes++;
                    continue;
                }

                return Refused("rule", new(
                    $"demande {missing}, dont l’historique n’a rien pour la commune {commune} avant {request.To:O} : elle ne peut pas être essayée",
                    $"asks for {missing}, of which history has nothing in commune {commune} before {request.To:O}: it cannot be tried"));
            }

            if (competence != DeviceKinds.All && named.Keys.FirstOrDefault(figure => CommuneTerms.KindOf(figure) is null) is { } mixed)
            {
                return Refused("rule", new(
                    $"demande {mixed}, que l’historique a pour tous les genres et non pour ceux de la compétence de la portée : elle ne peut pas être essayée",
                    $"asks for {mixed}, which history has of all kinds and not of those for which the scope is competent: it cannot be tried"));
            }

            if (await TryCommuneAsync(commune, competence, named, isForgotten) is { } refused)
            {
                return refused;
            }
        }

        return null;
    }

    private async Task<RuleTrialAnswer?> TryCommuneAsync(string code, DeviceKinds competence, Dictionary<string, Queue<(DateTimeOffset Look, double Value)>> named, Func<bool> isForgotten)
    {
        // The devices that it is for and those of its groups: a count without some of them would be wrong, so that a commune is tried whole or not at all.
        var groups = CommuneTerms.Groups(rule).Aggregate(DeviceKinds.None, (all, group) => all | Vocabulary.SetOf(group.Kind));
        var kinds = groups | (RuleChecker.FactsOf(rule).Kinds & competence);
        var looksAtTime = SectorTerms.LooksAtTime(rule);
        var states = new List<TrialState>();
        var devices = new List<(DeviceDescriptor Descriptor, string Sector)>();
        _cabinets.Clear();
        await foreach (var record in kinds == DeviceKinds.None ? AsyncEnumerable.Empty<DeviceRecord>() : DevicesAsync((code, kinds)))
        {
            if (PersonalData.SubscriberOf(record.Descriptor) is not null)
            {
                if ((groups & Vocabulary.SetOf(record.Descriptor.Kind)) != 0)
                {
                    var kind = Vocabulary.Word(record.Descriptor.Kind);
                    return Refused("rule", new(
                        $"compte chaque {kind} de la commune {code}, dont certains sont à des personnes : de ceux-là rien n’est dit, elle ne peut donc pas être essayée",
                        $"counts each {kind} of commune {code}, some of which are persons': of those nothing is told, so that it cannot be tried"));
                }

                continue;
            }

            if (IsOver(isForgotten))
            {
                return null;
            }

            var device = await ReadAsync(record);
            states.AddRange(DeviceTrial.States(device, request.To, looksAtTime, context));
            devices.Add((record.Descriptor, record.Sector));
            if (states.Count > MostStates)
            {
                _cut = new(
                    $"les appareils de la commune {code} ont changé plus de {MostStates} fois : {_communes} communes sur {_ofCommunes} ont été essayées",
                    $"the devices of commune {code} changed more than {MostStates} times: {_communes} of {_ofCommunes} communes were tried");
                return null;
            }

            await RestAsync();
        }

        var looked = await _readings.OfSeriesAsync(FigureCatalog.SeriesOf($"commune:{code}"), CommuneRuleTurn.Looked, Start, request.To);
        if (looked.Exists(look => look.Value > 1 && look.Time >= request.From))
        {
            Note(new(
                $"à certains instants, un secteur de la commune {code} ne pouvait pas compter pour toutes les règles : l’essai suppose qu’il le pouvait",
                $"at some looks a sector of commune {code} could not count for all rules: the trial takes it that it could"));
        }

        var trial = new CommuneTrial(table.FindCommune(code)!, SetOf(Scope, competence), devices, named, await LooksAsync(code), context, figures, sectors)
        {
            Uncounted = looked.Where(look => look.Value == 1).Select(look => look.Time).ToHashSet(),
        };
        states.Sort();
        await trial.RunAsync(states, looked.Count > 0 ? looked.Select(look => look.Time).ToHashSet() : null, Start, request.To, RestAsync, one =>
        {
            if (one.At >= request.From)
            {
                _events.Add(one);
            }
        });
        await CountLeftAsync(code);
        _communes++;
        return null;
    }

    /// <summary>How each sector of a commune looked at its rules.</summary>
    private async Task<Dictionary<string, TrialLooks>> LooksAsync(string commune)
    {
        var json = RuleJsonWriter.Write(rule);
        var looks = new Dictionary<string, TrialLooks>(StringComparer.Ordinal);
        foreach (var sector in table.FindCommune(commune) is { } known ? SectorMap.SectorsOf(commune, known.Population) : [])
        {
            var held = await territoryRules.OfSectorAsync(grains, sector, territory.DayAt(commune, request.From), static _ => true, static _ => { });
            looks.Add(sector, await _readings.LooksAsync(sector, json, held.Rules.Any(other => other.Json == json), Start, request.To));
        }

        return looks;
    }

    private async Task<Dictionary<string, Queue<(DateTimeOffset Look, double Value)>>> FiguresAsync(string commune)
    {
        var named = new Dictionary<string, Queue<(DateTimeOffset Look, double Value)>>(StringComparer.Ordinal);
        foreach (var figure in CommuneTerms.Figures(rule))
        {
            var points = await _readings.OfSeriesAsync(FigureCatalog.SeriesOf($"commune:{commune}"), figure, Start, request.To);
            named.Add(figure, new Queue<(DateTimeOffset, double)>(points.Select(point => (figures.LookOf(point.Time), point.Value))));
        }

        return named;
    }
}
