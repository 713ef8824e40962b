using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Runtime;

public class FirstTests
{
    private static Task<EmbeddedGrainRuntime> Start(int partitions = 2) =>
        EmbeddedGrainRuntime.StartNewAsync(services => services.AddSingleton<Gates>(), options => options.Partitions = partitions);

    [Fact]
    public async Task Calls_reach_their_grain()
    {
        await using var runtime = await Start();
        var grain = runtime.GrainFactory.GetGrain<ICounterGrain>("a");
        Assert.Equal(1, await grain.Add(1));
        Assert.Equal(3, await grain.AddFast(2));
        await grain.Bump();
        Assert.Equal(4, await grain.Get());
        for (var i = 0; i < 20; i++)
            Assert.Equal(5 + i, await runtime.GrainFactory.GetGrain<ICounterGrain>("x" + i).AddVia("a", 1));
        var error = await Assert.ThrowsAsync<ArgumentException>(() => grain.Fail("why"));
        Assert.StartsWith("why", error.Message, StringComparison.Ordinal);
        Assert.True(await grain.RunsOnItsActivation());
        await grain.End();
        Assert.Equal(0, await grain.Get());
    }
}
