namespace Grid.LoadTests.Actors;

/// <summary>
/// What one grain that has all the work it can do makes of the others' answers. The callers of the hot grain, its work and those who pace the others share
/// the cores of one machine; so the same callers are let loose on all grains, and on channels that know no grains, and what that does is told beside.
/// </summary>
internal sealed class HotGrain(BenchTargets targets, ChannelControls channels, int callers, Figures figures)
{
    public const int HotCallers = 50;

    /// <param name="perSecond">How often the others are called: little, so that a machine that is asked for more than it has is not what is measured.</param>
    public async Task MeasureAsync(double perSecond)
    {
        var grains = new GrainCalls(targets.Grains);
        var hot = BenchTargets.Of(targets.Grains[0]);
        var quiet = await PaceAsync(grains, perSecond, null);
        var beside = await PaceAsync(grains, perSecond, () => LoadAsync(new GrainCalls(hot.Grains), hot, "hotGrainPerSecond"));
        var besideSpread = await PaceAsync(grains, perSecond, () => LoadAsync(grains, targets, "spreadCallersPerSecond"));
        figures.Add("othersP99Micros", "us", quiet.Percentile(0.99));
        figures.Add("othersP99WithHotGrainMicros", "us", beside.Percentile(0.99));
        figures.Add("othersP99WithSpreadCallersMicros", "us", besideSpread.Percentile(0.99));
        figures.Add("othersP99MicrosFromSending", "us", quiet.PercentileFromSending(0.99));
        figures.Add("othersP99WithHotGrainMicrosFromSending", "us", beside.PercentileFromSending(0.99));
        figures.Add("hotGrainP99Ratio", "ratio", Ratio(quiet, beside));
        figures.Add("hotGrainP99RatioFromSending", "ratio", beside.PercentileFromSending(0.99) / Math.Max(1, quiet.PercentileFromSending(0.99)));
        figures.Add("hotGrainP99OverSpreadCallers", "ratio", Ratio(besideSpread, beside));

        var others = new ChannelCalls(channels);
        var quietChannels = await PaceAsync(others, perSecond, null);
        var besideChannel = await PaceAsync(others, perSecond, () => LoadAsync(new ChannelCalls(channels, callers), hot, "hotChannelPerSecond"));
        figures.Add("othersP99OnChannelsMicros", "us", quietChannels.Percentile(0.99));
        figures.Add("othersP99OnChannelsWithHotOneMicros", "us", besideChannel.Percentile(0.99));
        figures.Add("hotChannelP99Ratio", "ratio", Ratio(quietChannels, besideChannel));
    }

    private static double Ratio<TTarget>(PacedLoad<TTarget> before, PacedLoad<TTarget> after)
        where TTarget : struct, ICallTarget => after.Percentile(0.99) / Math.Max(1, before.Percentile(0.99));

    private async Task<PacedLoad<TTarget>> PaceAsync<TTarget>(TTarget target, double perSecond, Func<Task>? beside)
        where TTarget : struct, ICallTarget
    {
        var load = new PacedLoad<TTarget>(target, targets, callers, sleeps: true);
        var other = beside?.Invoke() ?? Task.CompletedTask;
        await load.RunAsync(perSecond, figures.Slice);
        await other;
        return load;
    }

    private async Task LoadAsync<TTarget>(TTarget target, BenchTargets of, string name)
        where TTarget : struct, ICallTarget =>
        figures.Add(name, "calls/s", (await Callers.RunAsync(target, HotCallers, of, figures.Slice, figures.Cancellation)).PerSecond);
}
