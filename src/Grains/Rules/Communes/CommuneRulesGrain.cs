using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Loops;
using Grid.Grains.Sectors;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules.Communes;

/// <summary>
/// The rules of a commune: see <see cref="ICommuneRulesGrain"/>. A look sees the figures as history has them and asks the sectors for their counts, so that no event that is
/// lost is missed. What follows from it is persisted before anything is done; what a stop leaves undone is done at the next look, under the same ids.
/// </summary>
public sealed partial class CommuneRulesGrain(
    [PersistentState("rules")] IPersistentState<StoredCommuneRules> state,
    TerritoryRules territoryRules,
    TerritoryParameters territory,
    ITerritoryTable table,
    IDeviceDirectory directory,
    DeviceContext devices,
    FigureOptions options,
    IHistory history,
    SectorMeter meter,
    TimeProvider clock,
    ILogger<CommuneRulesGrain> logger) : Grain, ICommuneRulesGrain
{
    /// <summary>From a look at the figures to a look at the rules, and between two attempts at one.</summary>
    private static readonly TimeSpan After = TimeSpan.FromSeconds(1);

    private string _commune = "";
    private string _source = "";
    private ImmutableArray<ISectorGrain> _sectors = [];
    private IGrainTimer _look = null!;
    private long _lookedAt;
    private bool _isAwake;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _commune = this.GetPrimaryKeyString();
        var commune = table.FindCommune(_commune) ?? throw new KeyNotFoundException($"There is no commune with INSEE code {_commune}.");
        var names = SectorMap.SectorsOf(_commune, commune.Population);
        _sectors = [.. names.Select(sector => GrainFactory.GetGrain<ISectorGrain>(sector))];
        _source = CommuneRuleTurn.SourceOf(_commune, names[0]);
        _lookedAt = state.State.LookedAt;
        _look = this.RegisterGrainTimer(LookAsync, After, Timeout.InfiniteTimeSpan);
        _isAwake = true;
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task Wake()
    {
        if (!_isAwake)
        {
            _isAwake = true;
            _look.Change(After, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<string>> GetHolding() => new(
    [
        .. devices.Rules.Of(state.State.Rules).OfCommune.Where(rule => state.State.Memories.Any(memory => memory.Key == rule.Key && (memory.Flags & RuleFlags.Holds) != 0)).Select(rule => rule.Id),
    ]);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var next = After;
        try
        {
            // What was decided before a stop, or could not be handed on, first.
            await ActAsync();
            var now = clock.GetUtcNow();
            var look = options.LookOf(now);
            var (rules, beside) = await territoryRules.OfCommuneAsync(GrainFactory, _commune, territory.DayAt(_commune, now), IsHere, meter.RulesLeftOut);
            _isAwake = rules.Hash != 0 || state.State.Rules.Hash != 0;
            if (!_isAwake)
            {
                DelayDeactivation(TimeSpan.Zero);
                next = Timeout.InfiniteTimeSpan;
                return;
            }

            // A timer alone does not keep a grain.
            DelayDeactivation(TimeSpan.MaxValue);
            if (look.ToMilliseconds() <= _lookedAt || await JudgeAsync(rules, devices.Rules.Of(beside).Rings, look))
            {
                next = options.UntilNextLook(now) + After;
            }
        }
        catch (Exception exception)
        {
            LogFailed(logger, _commune, exception);
        }
        finally
        {
            _look.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>False while the commune has not looked at its figures yet.</summary>
    private async Task<bool> JudgeAsync(RuleSet set, RuleRings rings, DateTimeOffset look)
    {
        if (await GrainFactory.GetGrain<ICommuneGrain>(_commune).GetSample() is not { } sample || options.LookOf(sample.At) != look)
        {
            return false;
        }

        var all = devices.Rules.Of(set).OfCommune;
        var rules = all.Where(rule => rule.Rule.Target.IsCommune).ToArray();
        var counts = all.Any(rule => rule.Groups.Count > 0) ? CommuneRuleTurn.Sum(await CountAsync(look)) : [];
        var now = look.ToMilliseconds();
        var former = state.State;
        var (memories, firings) = CommuneRuleTurn.Judge(
            rules, [.. devices.Rules.Of(former.Rules).OfCommune.Where(rule => rule.Rule.Target.IsCommune)], former.Memories, CommuneRuleTurn.Seeing(sample.Summary, counts), devices.Places.Of(_commune), now);
        memories = CommuneRuleTurn.WithCauses(rules, memories, former.Memories, former.Commands, rings);
        _lookedAt = now;
        if (firings.Count > 0 || set.Hash != former.Rules.Hash || !memories.SequenceEqual(former.Memories))
        {
            await DecideAsync(set, rings, memories, firings, now);
            await ActAsync();
        }

        await AssertAlarmsAsync(rules);
        if (rules.Length < all.Length)
        {
            await TellSectorsAsync(new CommuneRuleInputs { At = look, Summary = sample.Summary, Counts = [.. counts.Select(pair => new RuleGroupCounts(pair.Key, pair.Value))] });
        }

        if (all.Length > 0)
        {
            // A look that was missed is none in a trial either.
            await history.RecordAsync([new HistorySample(FigureCatalog.SeriesOf($"commune:{_commune}"), look, CommuneRuleTurn.Looked, CountedOf(all, counts))], CancellationToken.None);
        }

        return true;
    }

    private static double CountedOf(IEnumerable<CompiledRule> rules, Dictionary<long, ImmutableArray<RuleGroupCount>> counts)
    {
        bool[] counted = [.. rules.Where(rule => rule.Groups.Count > 0).Select(rule => counts.ContainsKey(rule.Key))];
        return Array.TrueForAll(counted, one => one) ? 0 : Array.Exists(counted, one => one) ? 2 : 1;
    }

    private bool IsHere(string device) => directory.Find(device) is { } address && SectorMap.CommuneOf(address.Sector) == _commune;

    /// <summary>For the rules of devices that ask for what the commune says. A sector that misses it gets the next.</summary>
    private async Task TellSectorsAsync(CommuneRuleInputs inputs)
    {
        foreach (var sector in _sectors)
        {
            await sector.TakeCommune(inputs);
        }
    }

    private async Task<ImmutableArray<RuleGroupCounts>[]> CountAsync(DateTimeOffset look)
    {
        var asked = _sectors.Select(sector => sector.CountForRules(look)).ToArray();
        var counts = new ImmutableArray<RuleGroupCounts>[asked.Length];
        for (var place = 0; place < asked.Length; place++)
        {
            counts[place] = await asked[place];
        }

        return counts;
    }

    /// <summary>Durable before anything is done.</summary>
    private async Task DecideAsync(RuleSet set, RuleRings rings, ImmutableArray<RuleMemory> memories, List<RuleFiring> firings, long now)
    {
        var former = state.State;
        var commands = CommuneRuleTurn.StillCauses(former.Commands, rings, now);
        var signals = former.Signals;
        var tasks = former.Tasks.ToBuilder();
        var cut = 0;
        foreach (var firing in firings)
        {
            var kind = CommuneRuleTurn.KindOf(firing.Rule);
            var cause = commands.Where(command => now - command.At <= RuleChain.CauseMilliseconds).Select(command => RuleChain.Of(command.Id)).Append(RuleChain.None).MaxBy(chain => chain.Depth);
            var lasting = RuleChain.Lasting(firing.Rule, memories.FirstOrDefault(memory => memory.Key == firing.Rule.Key), now);
            foreach (var effect in RuleEffectsOf.Firings([firing with { Cause = lasting }], _source, kind, now, cause, "commune"))
            {
                switch (effect)
                {
                    case RuleAlarm alarm:
                        // Of what could not be told yet, the newest counts.
                        signals = signals.RemoveAll(signal => signal.Condition == alarm.Condition).Add(SignalOf(alarm, kind));
                        break;
                    case RuleAction action:
                        tasks.Add(RuleTask.Of(_source, kind, action));
                        cut += action is RuleCommand { IsCut: true } ? 1 : 0;
                        commands = action is RuleCommand { IsCut: false } command ? commands.Add(new CommuneCommand(command.Id, now)) : commands;
                        break;
                }
            }
        }

        devices.Instruments.RulesFired(firings.Count, cut);
        await WriteAsync(new StoredCommuneRules
        {
            Rules = set,
            Memories = memories,
            Signals = signals,
            Tasks = tasks.DrainToImmutable(),
            Commands = commands,
            LookedAt = now,
        });
    }

    /// <summary>Hands on what was decided: alarms to the log of the first sector, everything else to those who carry out its actions. Told twice it is done once.</summary>
    private async Task ActAsync()
    {
        var decided = state.State;
        if (decided.Signals.IsEmpty && decided.Tasks.IsEmpty)
        {
            return;
        }

        if (!decided.Signals.IsEmpty)
        {
            // What it has in its log counts, not what it has read of it so far.
            await _sectors[0].CatchUp();
            await _sectors[0].SignalAlarms(decided.Signals);
        }

        if (!decided.Tasks.IsEmpty)
        {
            await GrainFactory.GetGrain<IRuleActionsGrain>(_sectors[0].GetPrimaryKeyString()).Take(decided.Tasks);
        }

        await WriteAsync(new StoredCommuneRules
        {
            Rules = decided.Rules,
            Memories = decided.Memories,
            Commands = decided.Commands,
            LookedAt = decided.LookedAt,
        });
    }

    /// <summary>The alarms that hold are said again at each look: what the sector has already changes nothing there.</summary>
    private async Task AssertAlarmsAsync(CompiledRule[] rules)
    {
        var held = rules.Where(rule => rule.Alarm is not null && state.State.Memories.Any(memory => memory.Key == rule.Key && memory.Flags == RuleFlags.Holds)).ToArray();
        if (held.Length > 0)
        {
            await _sectors[0].SignalAlarms([.. held.Select(rule => new AlarmSignal
            {
                Source = _source,
                Condition = rule.AlarmCondition,
                IsActive = true,
                Text = rule.Alarm!.Message,
                Priority = rule.Alarm.Priority,
                Class = rule.Alarm.Class,
                Kind = CommuneRuleTurn.KindOf(rule),
            })]);
        }
    }

    private AlarmSignal SignalOf(RuleAlarm alarm, DeviceKind kind) => new()
    {
        Source = _source,
        Condition = alarm.Condition,
        IsActive = alarm.Active,
        Text = alarm.Active ? alarm.Message : null,
        Priority = alarm.Active ? alarm.Priority : null,
        Class = alarm.Active ? alarm.Class : null,
        Kind = kind,
    };

    private async Task WriteAsync(StoredCommuneRules next)
    {
        var former = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            state.State = former;
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(EventId = 1455, Level = LogLevel.Error, Message = "Commune {Commune}: a look at its rules failed; it is tried again")]
    private static partial void LogFailed(ILogger logger, string commune, Exception exception);
}
