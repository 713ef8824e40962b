using Grid.LoadTests.Actors;
using Orleans;
using Orleans.Runtime;
using Orleans.Streams;

namespace Grid.LoadTests.Scenarios;

/// <summary>
/// What the grain runtime does on this machine, beside what the platform itself does in the same run. Every figure is the median of rounds, and the
/// rounds of subject and control take turns, so that a busy machine spoils neither alone.
/// </summary>
internal static class RuntimeScenario
{
    private const int CallersCount = 200;
    private const int StreamCount = 1_000;
    private const int OneWayWindow = 20_000;
    private const int StreamWindow = 100_000;
    private const double LeastShareOfACaller = 0.01;
    private const double MostHotRatio = 5;

    // Of half the load: the others are called at a hundredth of it, few enough for a thread that sleeps between.
    private const double OthersPart = 1.0 / 50;
    private const double MostBytesPerCall = 8;
    private const double MostBytes = 400;
    private const double MostBytesWithState = 600;

    // What must hold is asked of the embedded runtime; Orleans is measured only.
    private static readonly bool IsEmbedded = ActorHost.RuntimeName != "Orleans";

    public static async Task<ScenarioOutcome> RunAsync(ScenarioOptions options, CancellationToken cancellationToken)
    {
        var seconds = options.Number("seconds", 3, 1, 60);
        var rounds = options.Number("rounds", 3, 1, 20);
        var million = options.Number("activations", 1_000_000, 0, 5_000_000);
        var counted = options.Number("counted", 100_000, 1_000, 1_000_000);
        var only = options.Text("only", "");
        options.Tell("runtime", ActorHost.RuntimeName);
        var figures = new Figures(TimeSpan.FromSeconds((double)seconds / rounds), cancellationToken);
        var targets = new BenchTargets();
        await using (var host = await ActorHost.StartAsync(targets))
        {
            targets.Make(host.Grains, options.Number("grains", 100_000, 1_000, 1_000_000));
            foreach (var grain in targets.Grains)
            {
                await grain.Add(1);
            }

            await MeasureAsync(host, targets, figures, rounds, only);
            if (only.Length > 0)
            {
                return figures.Outcome();
            }

            figures.Add("bytesPerActivation", "bytes", await ActivationCosts.BareBytesAsync(host.Grains, counted));
            figures.Add("bytesPerActivationWithState", "bytes", await ActivationCosts.StatefulBytesAsync(host.Grains, counted));
            CheckBytes(figures, "bytesPerActivation", MostBytes);
            CheckBytes(figures, "bytesPerActivationWithState", MostBytesWithState);
        }

        if (million > 0)
        {
            await using var host = await ActorHost.StartAsync(targets);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            figures.Add("millionActivationsPerSecond", "activations/s", await ActivationCosts.PerSecondAsync(host.Grains, CallersCount, million, TimeSpan.FromMinutes(5)));
            figures.Add("millionActivationsBytes", "bytes", GC.GetTotalMemory(forceFullCollection: true) - before);
            figures.Add("millionActivations", "activations", host.ActivationCount);
        }

        return figures.Outcome();
    }

    private static async Task MeasureAsync(ActorHost host, BenchTargets targets, Figures figures, int rounds, string only)
    {
        var provider = host.Client.GetStreamProvider(ActorHost.Streams);
        var streams = Enumerable.Range(0, StreamCount)
            .Select(number => provider.GetStream<BenchEvent>(StreamId.Create(BenchListenerGrain.Namespace, $"stream-{number}")))
            .ToArray();
        var cores = Environment.ProcessorCount;
        var (time, stop) = (figures.Slice, figures.Cancellation);
        var places = targets.Grains.Select(_ => new Addressed()).ToArray();
        await using var channels = new ChannelControls(CallersCount + HotGrain.HotCallers, isBounded: false);
        await using var bounded = new ChannelControls(callers: 0, isBounded: true);
        (string Name, Func<Task> Measure)[] measurements =
        [
            ("channelReply", async () => figures.AddCalls("channelReplyControl", await Callers.RunAsync(new ChannelCalls(channels), CallersCount, targets, time, stop))),
            ("channelReplyOverPlaces", async () => figures.AddCalls("channelReplyOverPlacesControl", await Callers.RunAsync(new ChannelCalls(channels, 0, places), CallersCount, targets, time, stop))),
            ("requestReply", () => MeasureCallsAsync(targets, figures)),
            ("requestReplyByTask", async () => figures.AddCalls("requestReplyByTask", await Callers.RunAsync(new GrainTaskCalls(targets.Grains), CallersCount, targets, time, stop))),
            ("channel", async () => figures.Add("channelControlPerSecond", "messages/s", await Floods.RunAsync(new BoundedChannelSends(bounded), cores, int.MaxValue, targets, time, stop))),
            ("channelOverPlaces", async () => figures.Add("channelOverPlacesControlPerSecond", "messages/s", await Floods.RunAsync(new BoundedChannelSendsToPlaces(bounded, places), cores, int.MaxValue, targets, time, stop))),
            ("oneWay", async () => figures.Add("oneWayPerSecond", "calls/s", await Floods.RunAsync(new OneWayGrainCalls(targets.Grains), cores, OneWayWindow, targets, time, stop))),
            ("grainToGrain", async () => figures.Add("grainToGrainPerSecond", "calls/s", await DriveAsync(host, targets, time, stop))),
            ("streamEvents", async () => figures.Add("streamEventsPerSecond", "events/s", await Floods.RunAsync(new StreamSends(streams), cores, StreamWindow, targets, time, stop))),
            ("activations", async () => figures.Add("activationsPerSecond", "activations/s", await ActivationCosts.PerSecondAsync(host.Grains, CallersCount, 200_000, time))),
            ("dictionary", () => Task.Run(() => figures.Add("dictionaryControlPerSecond", "updates/s", DictionaryControl.Run(targets, time)))),
            ("latency", () => MeasureLatencyAsync(targets, channels, figures)),
        ];

        var chosen = only.Length == 0 ? measurements : Chosen(measurements, only.Split(','));

        // The first round is for the compiler.
        for (var round = -1; round < rounds; round++)
        {
            figures.IsWarmUp = round < 0;
            foreach (var (_, measure) in chosen)
            {
                await measure();
            }
        }

        if (only.Length == 0)
        {
            figures.Ratio("oneWayOverChannel", "oneWayPerSecond", "channelControlPerSecond");
            figures.Ratio("oneWayOverChannelOverPlaces", "oneWayPerSecond", "channelOverPlacesControlPerSecond");
            figures.Ratio("requestReplyOverChannel", "requestReplyPerSecond", "channelReplyControlPerSecond");
            figures.Ratio("requestReplyOverChannelOverPlaces", "requestReplyPerSecond", "channelReplyOverPlacesControlPerSecond");
            CheckSpeed(figures);
        }
    }

    private static (string Name, Func<Task> Measure)[] Chosen((string Name, Func<Task> Measure)[] measurements, string[] names)
    {
        if (names.Except(measurements.Select(measurement => measurement.Name)).ToArray() is { Length: > 0 } unknown)
        {
            throw new ArgumentException($"--only: {unknown[0]} is no measurement; one of {string.Join(' ', measurements.Select(measurement => measurement.Name))}.");
        }

        return names.Contains("latency") && !names.Contains("requestReply")
            ? throw new ArgumentException("--only: latency is measured at half of what requestReply reaches: name both.")
            : [.. measurements.Where(measurement => names.Contains(measurement.Name))];
    }

    /// <summary>What must hold whatever the controls do; the ratios to those are told, not judged.</summary>
    private static void CheckSpeed(Figures figures)
    {
        var (hot, control) = (figures.Median("hotGrainP99Ratio"), figures.Median("hotChannelP99Ratio"));
        figures.Check(hot <= MostHotRatio, $"a hot grain raised the p99 of others {hot:F1} times, more than {MostHotRatio}; the same callers on a channel {control:F1} times");
        if (!IsEmbedded)
        {
            return;
        }

        var memory = figures.Median("channelOverPlacesControlPerSecond");
        foreach (var (name, perSecond) in OrleansFigures.All)
        {
            var least = OrleansFigures.LeastTimes * perSecond;
            figures.Check(figures.Median(name) >= least, $"{name} is {figures.Median(name):N0}, less than {least:N0}: {OrleansFigures.LeastTimes} times Orleans (a channel over as much memory: {memory:N0})");
        }
    }

    private static void CheckBytes(Figures figures, string name, double most) => figures.Check(
        !IsEmbedded || figures.Median(name) <= most, $"{name} is {figures.Median(name):F0}, more than {most}");

    private static async Task MeasureCallsAsync(BenchTargets targets, Figures figures)
    {
        var calls = await Callers.RunAsync(new GrainCalls(targets.Grains), CallersCount, targets, figures.Slice, figures.Cancellation);
        figures.AddCalls("requestReply", calls);
        figures.Check(
            !IsEmbedded || calls.BytesPerCall <= MostBytesPerCall,
            $"a call from outside allocated {calls.BytesPerCall:F1} bytes, more than {MostBytesPerCall}");
        figures.Check(calls.SlowestShare >= LeastShareOfACaller, $"a caller made only {calls.SlowestShare:P2} of what the callers made on average");
    }

    private static async Task<double> DriveAsync(ActorHost host, BenchTargets targets, TimeSpan time, CancellationToken cancellation)
    {
        targets.Open();
        var drivers = Enumerable.Range(0, CallersCount).Select(number => host.Grains.GetGrain<IBenchDriverGrain>($"driver-{number}").Drive(number * 487)).ToArray();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await targets.RunForAsync(time, cancellation);
        var calls = await Task.WhenAll(drivers);
        return calls.Sum() / watch.Elapsed.TotalSeconds;
    }

    private static async Task MeasureLatencyAsync(BenchTargets targets, ChannelControls channels, Figures figures)
    {
        var rate = figures.Last("requestReplyPerSecond") / 2;
        var half = new PacedLoad<GrainCalls>(new GrainCalls(targets.Grains), targets, CallersCount);
        figures.Add("halfLoadPerSecond", "calls/s", await half.RunAsync(rate, figures.Slice));
        figures.Add("requestReplyP50Micros", "us", half.Percentile(0.50));
        figures.Add("requestReplyP99Micros", "us", half.Percentile(0.99));
        figures.Add("requestReplyP99MicrosFromSending", "us", half.PercentileFromSending(0.99));
        await new HotGrain(targets, channels, CallersCount, figures).MeasureAsync(rate * OthersPart);
    }
}
