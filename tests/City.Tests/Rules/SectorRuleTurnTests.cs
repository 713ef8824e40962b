using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Alarms;
using Grid.Grains.Devices;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Grains.Sectors;

namespace Grid.Tests.City.Rules;

/// <summary>What rules about neighbours decide is in the log; who replays it needs nothing else.</summary>
public sealed class SectorRuleTurnTests
{
    private const string Sector = "29155.0";
    private const long Now = 1_800_000_000_000;

    private static readonly RuleSets Sets = new();

    private static readonly RuleSet Set = RuleSets.SetOf(
        [Published("outage", "each cabinet when count(of kind streetlight where same cabinet: supplyLoss) >= 2 for 5 min then raise alarm \"Panne\" and notify ops \"panne\" and set flag \"panne\"")]);

    [Fact]
    public void A_replay_that_sees_the_devices_otherwise_has_the_same_effects_under_the_same_ids()
    {
        var (live, book) = Turn(Conditions.SupplyLoss);
        var entries = Judged(live, Now, Now + 300_000);
        Assert.Equal(2, entries.Length);
        Assert.Equal([RuleTurnMarks.None, RuleTurnMarks.Holds | RuleTurnMarks.Begins], entries.Select(entry => entry.Turns.Single().Marks));
        var told = Applied(live, entries);
        Assert.Equal(3, told.Length);

        var (replay, _) = Turn(Conditions.None);
        Assert.Equal(told, Applied(replay, entries));

        // From what is stored it goes on as if nothing had been.
        var (stored, _) = Turn(Conditions.SupplyLoss);
        stored.Resume(new StoredSectorRules { Rules = Set, Memories = replay.ToSnapshot() });
        Assert.Empty(Judged(stored, Now + 360_000));
        foreach (var device in book.Devices)
        {
            device.Holding = 0;
        }

        Assert.Equal(RuleTurnMarks.Ends, Assert.Single(Judged(live, Now + 400_000)).Turns.Single().Marks);
    }

    [Fact]
    public void What_was_decided_by_a_version_that_is_gone_has_no_effect_and_what_it_raised_ends_with_it()
    {
        var (turn, _) = Turn(Conditions.SupplyLoss);
        var entries = Judged(turn, Now, Now + 300_000);
        Assert.Empty(turn.Apply(entries[1], RuleSet.Empty, 7));
        Assert.Equal(3, turn.Apply(entries[1], Set, 8).Count);
        var ended = turn.Replace(RuleSet.Empty, Set, Now + 400_000, 9);
        Assert.Equal([(typeof(RuleAlarm), false), (typeof(RuleFlag), false)], ended.Select(one => (one.Effect.GetType(), one.Effect is RuleAlarm { Active: true } or RuleFlag { IsSet: true })));
        Assert.Empty(turn.ToSnapshot());
    }

    [Fact]
    public void Looks_are_for_some_moments_after_a_change_at_a_pace_and_when_time_alone_may_change_something()
    {
        var clock = new RuleTurnClock(5_000);
        Assert.Equal(RuleTurnClock.Never, clock.Next);
        clock.Changed(1_000);
        clock.Changed(1_020);
        Assert.Equal(1_050, clock.Next);
        clock.Judged(1_050, 60_000);
        Assert.Equal(60_000, clock.Next);
        clock.Changed(2_000);
        Assert.Equal(6_050, clock.Next);
        clock.Judged(6_050, 60_000);
        clock.Expect(10_000);
        Assert.Equal(10_000, clock.Next);

        // What is told late is seen at once, at no instant that is over.
        clock.Judged(10_000, 60_000);
        clock.Expect(9_000);
        Assert.Equal(10_001, clock.Next);
    }

    [Fact]
    public void A_change_at_the_very_instant_of_a_look_is_seen_at_the_next_and_the_first_look_since_a_start_is_none_before_it()
    {
        var clock = new RuleTurnClock(5_000);
        clock.Changed(5_000);
        clock.Judged(5_000, RuleTurnClock.Never);
        Assert.Equal(10_000, clock.Next);

        var begun = new RuleTurnClock(5_000);
        begun.Expect(RuleTurnClock.Soon);
        begun.Changed(100);
        Assert.Equal(RuleTurnClock.Soon, begun.Next);
        begun.Begin(12_001);
        Assert.Equal(12_001, begun.Next);
    }

    private static PublishedRule Published(string id, string text) =>
        new() { Id = id, Version = 1, Name = id, Scope = "all", Kinds = DeviceKinds.All, Json = RuleJsonWriter.Write(RuleText.Read(text).Rule!) };

    private static (SectorRuleTurn Turn, SectorBook Book) Turn(Conditions lamps)
    {
        var book = new SectorBook();
        book.Add(Device("C1", DeviceKind.Cabinet, null));
        foreach (var lamp in new[] { "L1", "L2" })
        {
            var device = Device(lamp, DeviceKind.Streetlight, "C1");
            device.Holding = (int)lamps;
            book.Add(device);
        }

        return (new SectorRuleTurn(Sector, book, new SectorAlarms(Sector, book), Sets, null), book);
    }

    private static SectorDevice Device(string id, DeviceKind kind, string? cabinet) =>
        new() { Id = id, Kind = kind, Follows = cabinet, Contribution = new Contribution { Kind = kind, Status = DeviceStatus.Ok } };

    private static RuleTurnEntry[] Judged(SectorRuleTurn turn, params long[] instants)
    {
        var ahead = new Dictionary<string, RuleMemory[]>();
        return
        [
            .. instants.Select(now => new RuleTurnEntry
            {
                Device = "",
                ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(now),
                At = DateTimeOffset.FromUnixTimeMilliseconds(now),
                Turns = turn.Judge(Set, now, ahead).Turns,
            }).Where(entry => !entry.Turns.IsEmpty),
        ];
    }

    private static DeviceEffect[] Applied(SectorRuleTurn turn, RuleTurnEntry[] entries) =>
        [.. entries.SelectMany((entry, place) => turn.Apply(entry, Set, 100 + place)).Select(one => one.Effect)];
}
