using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Evaluation;
using Grid.Grains.Rules.Language;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Rules;

/// <summary>What becomes of the rules of a device that leaves its sector: found by the sweep of the simulated world.</summary>
public sealed class DeviceRuleLeavingTests
{
    private const string Other = "29155.0";
    private static readonly DateTimeOffset Noon = Entries.Start;

    private static RuleSet Set(params string[] texts) => RuleSets.SetOf(texts.Select((text, place) => new PublishedRule
    {
        Id = $"r{place + 1}",
        Version = 1,
        Name = "test",
        Scope = "all",
        Kinds = DeviceKinds.All,
        Json = RuleJsonWriter.Write(RuleText.Read(text).Rule!),
    }));

    private static TestDevice Full(string text)
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Take(new RulesEntry { Device = "", ReceivedAt = Noon, Rules = Set(text) });
        bin.Report(Noon.Minutes(1), ("fillPercent", 61));
        return bin;
    }

    private static DeviceEffect[] Effects(DeviceOutcome outcome) => [.. outcome.Effects.IsDefault ? [] : outcome.Effects];

    [Fact]
    public void What_its_rules_did_stays_with_the_sector_that_it_left()
    {
        var bin = Full("when fillPercent > 60 then raise alarm \"A\" and open work order");
        var (at, did) = (bin.Offset, Effects(bin.Last));
        bin.Take(Entries.Removed(TestDevice.Id, DeviceKind.Bin, 2, moved: true));
        var arrived = bin.Give(Entries.Registered(TestDevice.Id, DeviceKind.Bin, 3), 1, Other);

        Assert.Equal(Disposition.Applied, arrived.Disposition);
        Assert.Empty(Effects(arrived));

        // The former sector died before it carried that out, and hands its log again.
        var again = bin.Give(Entries.Reading(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 61)), at);
        Assert.Equal(Disposition.Elsewhere, again.Disposition);
        Assert.Equal(did, Effects(again));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_flag_goes_down_when_its_device_leaves(bool moved)
    {
        var bin = Full("when fillPercent > 60 then set flag \"full\"");
        var entry = Entries.Removed(TestDevice.Id, DeviceKind.Bin, 2, moved);
        var left = Effects(bin.Take(entry));

        Assert.Equal(("full", false), left.OfType<RuleFlag>().Select(flag => (flag.Name, flag.IsSet)).Single());
        Assert.Equal(left, Effects(bin.Give(entry, bin.Offset)));
    }

    [Fact]
    public void An_entry_by_which_much_begins_has_all_of_it_again_when_it_is_handed_again()
    {
        var bin = TestDevice.Of(DeviceKind.Bin);
        bin.Take(new RulesEntry { Device = "", ReceivedAt = Noon, Rules = Set([.. Enumerable.Range(1, 40).Select(_ => "when fillPercent > 60 then raise alarm \"A\" and open work order")]) });
        var first = Effects(bin.Report(Noon.Minutes(1), ("fillPercent", 61)));
        var again = Effects(bin.Give(Entries.Reading(TestDevice.Id, Noon.Minutes(1), Noon.Minutes(1), ("fillPercent", 61)), bin.Offset));

        Assert.Equal(80, first.Length);
        Assert.Equal(first, again);
    }
}
