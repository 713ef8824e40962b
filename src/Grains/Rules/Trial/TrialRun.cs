using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Parameters;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Sectors;
using Orleans;

namespace Grid.Grains.Rules.Trial;

/// <summary>One trial, commune by commune and device by device: what it holds is one device's readings, or what changed in one commune, and the first of what it found.</summary>
internal sealed partial class TrialRun(
    Rule rule,
    RuleTrialRequest request,
    IDeviceRegistry registry,
    IHistory history,
    ITerritoryTable table,
    IBodyRegistry bodies,
    TerritoryParameters territory,
    TerritoryRules territoryRules,
    DeviceContext context,
    FigureOptions figures,
    SectorOptions sectors,
    IGrainFactory grains,
    TimeProvider clock)
{
    /// <summary>Values of one trial.</summary>
    public const long MostPoints = 200_000_000;

    /// <summary>Changes of the devices of one commune, which are held together.</summary>
    public const int MostStates = 2_000_000;

    private const int Page = 1_000;
    private const int MostCabinets = 64;
    private const int MostNotes = 8;
    private const string RuleId = "trial";
    private const string All = "all";

    /// <summary>How long one trial may take, whoever waits.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(30);

    /// <summary>History before the beginning, so that a device is in the state in which it was.</summary>
    private static readonly TimeSpan RunUp = TimeSpan.FromDays(1);

    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan MostRest = TimeSpan.FromMilliseconds(200);

    private readonly long _started = clock.GetTimestamp();
    private readonly TrialReadings _readings = new(history);
    private readonly TrialEvents _events = new();
    private readonly List<BilingualText> _notes = [];
    private readonly Dictionary<string, DateTimeOffset> _keptSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TrialCourse> _cabinets = new(StringComparer.Ordinal);
    private int _communes;
    private int _ofCommunes;
    private int _devices;
    private long _came;
    private int _left;
    private BilingualText? _cut;
    private long _sliceAt = clock.GetTimestamp();
    private bool _isEnded;

    private DateTimeOffset Start => request.From - RunUp;

    private string Scope => request.Scope ?? request.Rule.Scope;

    /// <summary>True when it is not wanted any more.</summary>
    public bool IsEnded => _isEnded;

    /// <summary>It is not wanted any more.</summary>
    public void End() => _isEnded = true;

    /// <summary>How far it has come.</summary>
    public RuleTrialAnswer SoFar() => Told() with
    {
        IsDone = false,
        Cut = new(
            $"il n’est pas fini : {_communes} communes sur {_ofCommunes} et {_devices} appareils jusqu’ici ; envoyez la même demande pour la suite",
            $"it is not done yet: {_communes} of {_ofCommunes} communes and {_devices} devices so far; send the same again"),
    };

    /// <summary>Goes through all of it.</summary>
    public async Task<RuleTrialAnswer> RunAsync(Func<bool> isForgotten)
    {
        var needsMore = rule.Target.IsCommune || RuleChecker.FactsOf(rule).Needs != RuleNeeds.Device;
        var kinds = RuleChecker.FactsOf(rule).Kinds;
        if (RuleScopes.DeviceOf(Scope) is { } id && !needsMore)
        {
            _ofCommunes = 1;
            if (await registry.GetAsync(id, CancellationToken.None) is { } record && (kinds & Vocabulary.SetOf(record.Descriptor.Kind)) != 0)
            {
                await TryDeviceAsync(record, kinds);
            }

            _communes = 1;
            return Told();
        }

        if (needsMore)
        {
            return await TryCommunesAsync(isForgotten) ?? Told();
        }

        if (await CommunesAsync(Scope, kinds) is not { } communes)
        {
            return Refused("scope", RuleForms.ScopeForms);
        }

        communes = [.. communes.Where(commune => commune.Kinds != DeviceKinds.None)];
        _ofCommunes = communes.Length;
        foreach (var commune in communes)
        {
            _cabinets.Clear();
            await foreach (var record in DevicesAsync(commune))
            {
                if (IsOver(isForgotten))
                {
                    return Told();
                }

                await TryDeviceAsync(record, kinds);
            }

            await CountLeftAsync(commune.Commune);
            _communes++;
        }

        return Told();
    }

    private RuleTrialAnswer Told() => new()
    {
        Events = _events.First(),
        Counts = _events.Counts(),
        Devices = _devices,
        Readings = _came,
        Communes = _communes,
        OfCommunes = _ofCommunes,
        Left = _left,
        Inexact = _left == 0 ? [.. _notes] : [.. _notes, LeftNote()],
        Cut = _cut ?? (_events.Count > RuleTrialAnswer.MostEvents
            ? new(
                $"seuls les {RuleTrialAnswer.MostEvents} premiers événements sur {_events.Count} sont donnés", $"only the first {RuleTrialAnswer.MostEvents} of {_events.Count} events are told")
            : null),
    };

    private static RuleTrialAnswer Refused(string field, BilingualText reason) => new() { Problems = [RuleProblem.Of(field, reason)] };

    private BilingualText LeftNote() => new(
        $"{_left} appareils ont quitté ces communes ou ont été supprimés entre ces instants : ce qu’ils y ont fait n’est pas essayé",
        $"{_left} devices left these communes or were removed between these instants: what they did there is not tried");

    /// <summary>What makes the trial differ from what was live; the first of each kind is told.</summary>
    private void Note(BilingualText note)
    {
        if (_notes.Count < MostNotes)
        {
            _notes.Add(note);
        }
    }

    private RuleSet SetOf(string scope, DeviceKinds kinds) =>
        RuleSets.SetOf([new PublishedRule { Id = RuleId, Version = 1, Name = request.Rule.Name, Scope = scope, Kinds = kinds, Json = RuleJsonWriter.Write(rule) }]);

    private bool IsOver(Func<bool> isForgotten)
    {
        var (fr, en) = ($"{_communes} communes sur {_ofCommunes} et {_devices} appareils", $"{_communes} of {_ofCommunes} communes and {_devices} devices");
        _cut ??= _readings.Points >= MostPoints ? new($"seules {MostPoints} valeurs ont été lues : {fr}", $"only {MostPoints} values were read: {en}")
            : clock.GetElapsedTime(_started) > MostTime ? new($"il a été arrêté après {MostTime.TotalMinutes} min : {fr}", $"it was ended after {MostTime.TotalMinutes} min: {en}")
            : _isEnded || isForgotten() ? new($"il a été arrêté : {fr}", $"it was stopped: {en}")
            : null;
        return _cut is not null;
    }

    /// <summary>What is live goes first: others have their turn after each device, and half of the time of one processor is left to them.</summary>
    private async Task RestAsync()
    {
        if (clock.GetElapsedTime(_sliceAt) is var worked && worked < Slice)
        {
            await Task.Yield();
            return;
        }

        await Task.Delay(worked < MostRest ? worked : MostRest, clock);
        _sliceAt = clock.GetTimestamp();
    }

    private async Task TryDeviceAsync(DeviceRecord record, DeviceKinds kinds)
    {
        // Of persons' devices nothing is told: what happens in a dwelling would show.
        if (PersonalData.SubscriberOf(record.Descriptor) is null)
        {
            var device = await ReadAsync(record);
            foreach (var one in DeviceTrial.Run(device, await RulesAsync(record, kinds), RuleId, request.From, request.To, context))
            {
                _events.Add(one);
            }

            await RestAsync();
        }
    }

    /// <summary>The rule, beside those that hold in the sector.</summary>
    private async Task<RuleSet> RulesAsync(DeviceRecord record, DeviceKinds kinds)
    {
        if (_beside.Sector != record.Sector)
        {
            var day = territory.DayAt(record.Descriptor.Commune, request.From);
            var held = await territoryRules.OfSectorAsync(grains, record.Sector, day, static _ => true, static _ => { });
            _beside = (record.Sector, RuleSets.SetOf([.. held.Rules.Where(other => other.Id != RuleId), .. SetOf(All, kinds).Rules]));
        }

        return _beside.Rules;
    }

    private (string Sector, RuleSet Rules) _beside = ("", RuleSet.Empty);

    /// <summary>What came of a device, and of the cabinet that it hears.</summary>
    private async Task<TrialDevice> ReadAsync(DeviceRecord record)
    {
        var device = record.Descriptor;
        var joined = await _readings.JoinedAsync(record, Start, request.To);
        var kept = await KeptSinceAsync(record.Sector);
        var course = await _readings.OfAsync(device.Id, MetricsOf(device.Kind, rule), joined ?? Start, request.To, kept);
        (_devices, _came) = (_devices + 1, _came + course.Entries.Count);
        if (DescriptorRules.CabinetHeard(device) is { } cabinet)
        {
            if (!_cabinets.TryGetValue(cabinet, out var heard))
            {
                if (_cabinets.Count >= MostCabinets)
                {
                    _cabinets.Clear();
                }

                _cabinets.Add(cabinet, heard = await _readings.OfAsync(cabinet, MetricsOf(DeviceKind.Cabinet, null), Start, request.To, kept));
            }

            course = course.With(heard);
        }

        if (!_isGuessed && course.IsGuessedFrom(request.From))
        {
            _isGuessed = true;
            Note(new(
                $"avant {kept:yyyy-MM-ddTHH:mm:ssZ}, l’historique n’a pas ou n’a plus la façon dont les mesures de certains appareils sont arrivées : elles sont prises comme arrivées à l’heure",
                $"before {kept:yyyy-MM-ddTHH:mm:ssZ} history has not, or no longer, how the reports of some devices came: they are taken as having come in time"));
        }

        return new TrialDevice(device, record.Sector, await DefaultsAsync(device.Commune), joined ?? Start, course);
    }

    private bool _isGuessed;

    private async Task<DateTimeOffset> KeptSinceAsync(string sector)
    {
        if (!_keptSince.TryGetValue(sector, out var since))
        {
            _keptSince.Add(sector, since = await _readings.KeptSinceAsync(sector, Start, request.To));
        }

        return since;
    }

    /// <summary>What its kind reports, and what else the rule names.</summary>
    private static IEnumerable<string> MetricsOf(DeviceKind kind, Rule? rule) =>
        MetricCatalog.All.Where(metric => (metric.Kinds & Vocabulary.SetOf(kind)) != 0).Select(metric => metric.Name)
            .Concat(rule is null ? [] : MetricsNamed.In(rule)).Distinct(StringComparer.Ordinal);

    private async Task<ImmutableArray<ParameterSet>> DefaultsAsync(string commune)
    {
        if (_given.Commune != commune)
        {
            var givers = await territory.GiversAsync(grains, commune, territory.DayAt(commune, request.From));
            _given = (commune, ParameterResolution.Given(givers));
            if (givers.FirstOrDefault(giver => giver.ChangedAt > Start) is { } changed)
            {
                Note(new(
                    $"les paramètres de {changed.Scope} ont changé depuis, le {changed.ChangedAt:yyyy-MM-ddTHH:mm:ssZ} : l’essai prend ceux d’aujourd’hui",
                    $"the parameters of {changed.Scope} have changed since, at {changed.ChangedAt:yyyy-MM-ddTHH:mm:ssZ}: the trial takes those of now"));
            }
        }

        return _given.Defaults;
    }

    private (string Commune, ImmutableArray<ParameterSet> Defaults) _given = ("", []);

    private async Task CountLeftAsync(string commune)
    {
        foreach (var sector in table.FindCommune(commune) is { } known ? SectorMap.SectorsOf(commune, known.Population) : [])
        {
            _left += await _readings.LeftAsync(sector, request.From, request.To);
        }
    }

    private async IAsyncEnumerable<DeviceRecord> DevicesAsync((string Commune, DeviceKinds Kinds) commune)
    {
        for (string? after = null; ;)
        {
            var page = await registry.ListAsync(new DeviceQuery { Communes = [commune], After = after, Limit = Page }, CancellationToken.None);
            foreach (var record in page)
            {
                yield return record;
            }

            if (page.Length < Page)
            {
                yield break;
            }

            after = page[^1].Descriptor.Id;
        }
    }

    /// <summary>The communes of a scope that is of more than one device, each with the kinds for which it is competent; null when it is none.</summary>
    private async Task<ImmutableArray<(string Commune, DeviceKinds Kinds)>?> CommunesAsync(string scope, DeviceKinds kinds)
    {
        var (word, key) = scope.Split(':') is [var first, var second] ? (first, second) : (scope, "");
        return word switch
        {
            "commune" => [(key, kinds)],
            "syndicate" => [.. (await bodies.GetMembersAsync(key, CancellationToken.None)).Select(member => (member.Commune, member.Kinds & kinds))],
            "department" => [.. table.CommunesOf(key).Select(commune => (commune.InseeCode, kinds))],
            All => [.. table.Departments.SelectMany(department => table.CommunesOf(department.Code)).Select(commune => (commune.InseeCode, kinds))],
            _ => null,
        };
    }
}
