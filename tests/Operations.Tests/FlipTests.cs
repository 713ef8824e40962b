using Grid.Tests.Host.Flips;

namespace Grid.Tests.Operations;

public sealed class FlipTests
{
    [Fact]
    public async Task A_byte_flipped_anywhere_is_told_or_changes_nothing()
    {
        using var scratch = new Scratch();
        var templates = await FlipTemplates.MakeAsync(scratch.Path, devices: 12, CancellationToken.None);

        var outcome = await new FlipCampaign(templates, seed: 20261126).RunAsync(120, null, CancellationToken.None);

        Assert.Empty(outcome.Failures);
        Assert.True(outcome.Refused > outcome.Rounds / 4, $"only {outcome.Refused} of {outcome.Rounds} were refused: the flips hit nothing");
        Assert.Contains("registry.db-wal", outcome.ByFile.Keys);
        Assert.Contains("grains.db", outcome.ByFile.Keys);
        Assert.Contains("log/0000000000000001.log", outcome.ByFile.Keys);
        Assert.Contains("keys/subscribers", outcome.ByFile.Keys);
        Assert.Contains("erasures", outcome.ByFile.Keys);
        Assert.Contains("history/catalog.db", outcome.ByFile.Keys);
        Assert.Contains(outcome.ByFile.Keys, file => file.StartsWith("history/raw-", StringComparison.Ordinal));
        Assert.Contains(outcome.ByFile.Keys, file => file.StartsWith("history/days-", StringComparison.Ordinal));
    }
}
