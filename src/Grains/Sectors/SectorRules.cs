using System.Collections.Immutable;
using Grid.Contracts.Rules;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>What a sector stores of the rules that operators wrote.</summary>
[GenerateSerializer, Immutable, Alias("grid.StoredSectorRules")]
public sealed record StoredSectorRules
{
    /// <summary>The rules as of the offset of the snapshot.</summary>
    [Id(0)] public required RuleSet Rules { get; init; }

    /// <summary>The devices whose rules may be otherwise though nothing is heard of them, and when.</summary>
    [Id(1)] public ImmutableArray<RulesDue> Due { get; init; } = [];

    /// <summary>What the rules that ask for neighbours or alarms remember.</summary>
    [Id(2)] public ImmutableArray<SectorRuleMemory> Memories { get; init; } = [];

    /// <summary>Which of these with a filter of attributes the devices pass.</summary>
    [Id(3)] public ImmutableArray<SectorRulesPassed> Passed { get; init; } = [];

    /// <summary>The commands that they gave last.</summary>
    [Id(4)] public ImmutableArray<SectorRuleCause> Causes { get; init; } = [];
}

/// <summary>The rules that ask for neighbours or alarms of which a device passes the filter of attributes.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Rules">Each stands for a rule and its version.</param>
[GenerateSerializer, Immutable, Alias("grid.SectorRulesPassed")]
public readonly record struct SectorRulesPassed([property: Id(0)] string Device, [property: Id(1)] long[] Rules);

/// <summary>A command that such a rule gave for a device, the newest of each rule, <see cref="RuleCause.Bound"/> of a device at most: what it brings about is no new cause.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Command">The command's id, which tells through which rules it came about.</param>
/// <param name="At">When, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("grid.SectorRuleCause")]
public readonly record struct SectorRuleCause([property: Id(0)] string Device, [property: Id(1)] string Command, [property: Id(2)] long At);

/// <summary>What the rules that ask for neighbours or alarms remember of a device.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Rules">Those that are not at rest.</param>
[GenerateSerializer, Immutable, Alias("grid.SectorRuleMemory")]
public readonly record struct SectorRuleMemory([property: Id(0)] string Device, [property: Id(1)] RuleMemory[] Rules);

/// <summary>When the rules of a device may be otherwise though nothing is heard of it.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="At">When, in Unix milliseconds.</param>
[GenerateSerializer, Immutable, Alias("grid.RulesDue")]
public readonly record struct RulesDue([property: Id(0)] string Device, [property: Id(1)] long At);

/// <summary>
/// The rules that the devices of a sector follow, as of each entry of its log that some device may still have to be handed again; and when they are due without one.
/// </summary>
internal sealed class SectorRules(RuleSets sets, long paceMilliseconds)
{
    private DateTimeOffset _devicesDue = DateTimeOffset.MaxValue;

    // By offset; the first is what held before all others.
    private readonly List<(long Offset, RuleSet Rules)> _since = [(0, RuleSet.Empty)];

    /// <summary>The newest.</summary>
    public RuleSet Newest => _since[^1].Rules;

    /// <summary>Before this instant the rules of no device can be otherwise without news of it.</summary>
    public DateTimeOffset DueFrom => _devicesDue;

    /// <summary>True while there are rules that are judged on the sector's turn.</summary>
    public bool HasOfSector { get; private set; }

    /// <summary>True while one of those asks for alarms.</summary>
    public bool HasOfAlarms { get; private set; }

    /// <summary>When those are judged next.</summary>
    public RuleTurnClock Turn { get; } = new(paceMilliseconds);

    /// <summary>Something that they may see has changed.</summary>
    public void Changed(DateTimeOffset at)
    {
        if (HasOfSector)
        {
            Turn.Changed(at.ToMilliseconds());
        }
    }

    /// <summary>Alarms have changed.</summary>
    public void AlarmsChanged(DateTimeOffset at)
    {
        if (HasOfAlarms)
        {
            Turn.Changed(at.ToMilliseconds());
        }
    }

    /// <summary>Goes on from what is stored.</summary>
    public void Resume(StoredSectorRules? stored, SectorBook book)
    {
        if (stored is null)
        {
            return;
        }

        Note(stored.Rules);
        _since[0] = (0, stored.Rules);
        foreach (var (device, at) in stored.Due)
        {
            if (book.Find(device) is { } known)
            {
                Expect(known, DateTimeOffset.FromUnixTimeMilliseconds(at));
            }
        }
    }

    /// <summary>What is to be stored as of an offset; null for nothing.</summary>
    public StoredSectorRules? ToSnapshot(SectorBook book, SectorRuleTurn turn)
    {
        var rules = At(book.Offset);
        return rules.Hash == 0 ? null : new StoredSectorRules
        {
            Rules = rules,
            Memories = turn.ToSnapshot(),
            Passed = turn.PassedToSnapshot(),
            Causes = turn.CausesToSnapshot(),
            Due = [.. book.Devices.Where(device => device.RulesDueAt is not null).Select(device => new RulesDue(device.Id, device.RulesDueAt!.Value.ToUnixTimeMilliseconds()))],
        };
    }

    /// <summary>From an offset on, these hold.</summary>
    public void Set(long offset, RuleSet rules)
    {
        Note(rules);
        _since.RemoveAll(item => item.Offset >= offset);
        _since.Add((offset, rules));
    }

    /// <summary>What held as of an offset.</summary>
    public RuleSet At(long offset)
    {
        var place = _since.Count - 1;
        while (place > 0 && _since[place].Offset > offset)
        {
            place--;
        }

        return _since[place].Rules;
    }

    /// <summary>Every device is persisted as of an offset, or later: none is handed again what came before.</summary>
    public void Forget(long offset)
    {
        var place = _since.FindLastIndex(item => item.Offset <= offset);
        if (place > 0)
        {
            _since.RemoveRange(0, place);
        }
    }

    /// <summary>A device says when its rules are due.</summary>
    public void Expect(SectorDevice device, DateTimeOffset? due)
    {
        device.RulesDueAt = due;
        if (due is { } instant && instant < _devicesDue)
        {
            _devicesDue = instant;
        }
    }

    /// <summary>The devices whose rules are due at the last of the <see cref="RuleInstants"/> before a look.</summary>
    public List<SectorDevice> FindDue(SectorBook book, DateTimeOffset look)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(RuleInstants.AtOrBefore(look.ToMilliseconds()));
        var due = new List<SectorDevice>();
        _devicesDue = DateTimeOffset.MaxValue;
        foreach (var device in book.Devices)
        {
            if (device.RulesDueAt is not { } instant)
            {
                continue;
            }

            if (instant <= now)
            {
                due.Add(device);
            }
            else if (instant < _devicesDue)
            {
                _devicesDue = instant;
            }
        }

        return due;
    }

    /// <summary>Devices of this process are handed the set by its hash: it is compiled before they are.</summary>
    private void Note(RuleSet rules)
    {
        var compiled = sets.Of(rules);
        HasOfSector = compiled.OfSector.Length > 0 || compiled.OfCommune.Any(rule => !rule.Rule.Target.IsCommune);
        HasOfAlarms = compiled.OfSector.Concat(compiled.OfCommune).Any(rule => SectorTerms.Alarms(rule.Rule).Any());
        if (HasOfSector)
        {
            Turn.Expect(RuleTurnClock.Soon);
        }
    }
}
