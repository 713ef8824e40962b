using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules;
using Grid.Storage;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.City.Rules;

/// <summary>What it costs to keep the directory of rules, and what it was kept as before.</summary>
public sealed class RuleDirectoryTests
{
    private const int Rules = 2_000;

    [Fact]
    public async Task To_note_thousands_of_rules_one_after_the_other_writes_some_rules_for_each_and_not_all()
    {
        var tap = new StorageTap();
        await using var city = await TestCity.StartAsync(tap.Register);
        var directory = city.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key);
        for (var number = 0; number < Rules; number++)
        {
            Assert.True(await directory.Note(Listing(number)));
        }

        var written = tap.Written.Where(write => write.State == typeof(StoredRuleDirectory)).Select(write => (long)write.Bytes).ToArray();
        Assert.Equal(Rules, written.Length);

        // Of 64 pages, one has 31 when all are there, and 16 on the way: spread by chance, none has twice as many.
        var one = written.Min();
        Assert.InRange(written.Sum(), Rules * one, 24 * Rules * one);
        Assert.InRange(written.Max(), 31 * one / 2, 62 * one);

        Assert.Equal(Rules, (await directory.List(null, null, int.MaxValue)).Length);
        Assert.Equal([Listing(7)], await directory.List(Listing(6).Id, null, 1));
        await directory.Forget(Listing(7).Id);
        await using var second = await city.CrashNowAsync();
        var kept = await second.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key).List(null, null, int.MaxValue);
        Assert.Equal(Enumerable.Range(0, Rules).Where(number => number != 7).Select(Listing), kept);
    }

    [Fact]
    public async Task What_was_kept_as_one_goes_to_the_pages_and_is_all_there()
    {
        await using var first = await TestCity.StartAsync();
        var directory = first.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key);
        await first.Get<GridStorage>().Grains.WriteStateAsync(
            "rules", directory.GetGrainId(), new GrainState<StoredRuleDirectory> { State = new StoredRuleDirectory { Rules = [.. Enumerable.Range(0, 200).Select(Listing)] } });

        // Twice, so that what the first start has moved is what the second finds.
        await using var second = await first.CrashNowAsync();
        await second.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key).Forget(Listing(3).Id);
        await using var third = await second.CrashNowAsync();
        var kept = await third.Grains.GetGrain<IRuleDirectoryGrain>(RuleDirectory.Key).List(null, null, int.MaxValue);
        Assert.Equal(Enumerable.Range(0, 200).Where(number => number != 3).Select(Listing), kept);
    }

    private static RuleListing Listing(int number) => new()
    {
        Id = $"rule-{number:0000}",
        Name = "test",
        Scope = "all",
        Version = 1,
        Published = new PublishedRule { Id = $"rule-{number:0000}", Version = 1, Name = "test", Scope = "all", Kinds = DeviceKinds.All, Json = "{}" },
    };
}
