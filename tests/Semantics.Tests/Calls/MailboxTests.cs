using Orleans.Runtime;

namespace Grid.Tests.Semantics.Calls;

/// <summary>At most ten calls wait at one activation.</summary>
public sealed class NarrowCluster() : JournaledCluster(options => options.MailboxLimit = 10);

public sealed class MailboxTests(NarrowCluster cluster) : IClassFixture<NarrowCluster>
{
    [Fact]
    public async Task Over_the_mailbox_limit_callers_are_refused_and_those_within_it_are_answered()
    {
        var key = cluster.NewKey();
        var grain = cluster.Grains.GetGrain<ICallGrain>(key);
        var held = grain.HoldAsync(key);
        await cluster.Journal.ReachedAsync(key);

        var calls = Enumerable.Range(0, 100).Select(_ => grain.PingAsync()).ToArray();
        await cluster.Cluster.UntilAsync(() => calls.Count(c => c.IsFaulted) >= 85, what: "the calls over the limit are refused");
        cluster.Journal.Open(key);
        await held;
        await Task.WhenAll(calls.Where(c => !c.IsFaulted));

        var refused = calls.Where(c => c.IsFaulted).ToArray();
        Assert.All(refused, call => Assert.IsType<LimitExceededException>(call.Exception!.InnerException));
        Assert.InRange(refused.Length, 85, 95);
        Assert.Equal("pong", await grain.PingAsync());
    }
}
