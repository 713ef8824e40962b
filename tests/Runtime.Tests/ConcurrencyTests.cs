using System.Diagnostics.Metrics;
using Grid.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

/// <summary>On real threads: what the pumped tests cannot see.</summary>
public class ConcurrencyTests
{
    private static Task<EmbeddedGrainRuntime> Start(Action<EmbeddedRuntimeOptions>? configure = null, Action<IServiceCollection>? services = null) =>
        EmbeddedGrainRuntime.StartNewAsync(
            collection =>
            {
                collection.AddSingleton<Script>().AddMemoryGrainStorage().AddEmbeddedStreams("s");
                services?.Invoke(collection);
            },
            options =>
            {
                options.Partitions = 2;
                configure?.Invoke(options);
            });

    [Fact]
    public async Task Nothing_is_lost_or_doubled_between_partitions_and_outside_callers()
    {
        await using var runtime = await Start();
        var callers = Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                var target = $"t{(caller + i) % 20}";
                switch (i % 4)
                {
                    case 0:
                        await runtime.GrainFactory.GetGrain<ICounterGrain>(target).Add(1);
                        break;
                    case 1:
                        await runtime.GrainFactory.GetGrain<ICounterGrain>(target).AddFast(1);
                        break;
                    case 2:
                        await runtime.GrainFactory.GetGrain<ICounterGrain>($"via{i % 7}").AddVia(target, 1);
                        break;
                    default:
                        await runtime.GrainFactory.GetGrain<ICounterGrain>(target).Bump();
                        break;
                }
            }
        }));
        await Task.WhenAll(callers);
        var sum = 0;
        for (var i = 0; i < 20; i++)
            sum += await runtime.GrainFactory.GetGrain<ICounterGrain>($"t{i}").Get();
        Assert.Equal(16 * 500, sum);
    }

    [Fact]
    public async Task One_activation_of_a_key_however_many_call_first()
    {
        await using var runtime = await Start();
        for (var round = 0; round < 50; round++)
        {
            var key = $"k{round}";
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => runtime.GrainFactory.GetGrain<ILifeGrain>(key).Touch())));
        }

        var told = runtime.Services.GetRequiredService<Script>().Told;
        Assert.Equal(50, told.Count);
        Assert.Equal(50, told.Distinct().Count());
    }

    [Fact]
    public async Task Calls_among_deactivations_all_get_their_answer()
    {
        await using var runtime = await Start();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                var grain = runtime.GrainFactory.GetGrain<ICounterGrain>($"k{i % 5}");
                if ((i + caller) % 10 == 0)
                    await grain.End();
                else if (i % 2 == 0)
                    Assert.True(await grain.Add(1) > 0);
                else
                    Assert.True(await runtime.GrainFactory.GetGrain<ICounterGrain>($"via{caller}").AddVia($"k{i % 5}", 1) > 0);
            }
        }));
        await Task.WhenAll(callers);
    }

    [Fact]
    public async Task Cancellation_that_races_with_the_answer_ends_each_call_once_and_harms_no_other()
    {
        await using var runtime = await Start();
        runtime.Services.GetRequiredService<Script>()["open"].SetResult();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            var cancelled = 0;
            for (var i = 0; i < 300; i++)
            {
                var grain = runtime.GrainFactory.GetGrain<IGateGrain>($"k{i % 5}", typeof(GateGrain).FullName);
                using var cancel = new CancellationTokenSource();
                var call = grain.WaitOrCancel("open", cancel.Token);
                var cancelling = Task.Run(cancel.Cancel);
                try
                {
                    await call;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }

                await cancelling;
                Assert.Equal($"ping k{i % 5}", await grain.Ping());
            }

            return cancelled;
        }));
        Assert.InRange((await Task.WhenAll(callers)).Sum(), 0, 8 * 300);
    }

    [Fact]
    public async Task Streams_keep_their_order_whatever_the_number_of_producers()
    {
        await using var runtime = await Start();
        var script = runtime.Services.GetRequiredService<Script>();
        const int Events = 500;
        for (var stream = 0; stream < 4; stream++)
            script.Answers[$"number {(stream * 1000) + Events - 1}"] = Open(script, stream);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(stream => Task.Run(async () =>
        {
            var target = runtime.Client.GetStreamProvider("s").GetStream<int>(StreamId.Create("numbers", $"k{stream}"));
            for (var i = 0; i < Events; i++)
                await target.OnNextAsync((stream * 1000) + i);
        })));
        for (var stream = 0; stream < 4; stream++)
            await script[$"done {stream}"].Task;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(stream => runtime.GrainFactory.GetGrain<IListenerGrain>($"k{stream}").Touch()));
        for (var stream = 0; stream < 4; stream++)
        {
            var first = stream * 1000;
            Assert.Equal(
                Enumerable.Range(first, Events).Select(number => $"k{stream} {number}"),
                script.Told.Where(what => what.StartsWith($"k{stream} ", StringComparison.Ordinal)));
        }

        static Func<Task> Open(Script script, int stream) => () =>
        {
            script[$"done {stream}"].TrySetResult();
            return Task.CompletedTask;
        };
    }

    [Fact]
    public async Task Callers_outside_do_not_run_on_a_partitions_thread()
    {
        await using var runtime = await Start();
        await runtime.GrainFactory.GetGrain<ICounterGrain>("a").Add(1);
        Assert.DoesNotContain("partition", Thread.CurrentThread.Name ?? "", StringComparison.Ordinal);
        await runtime.GrainFactory.GetGrain<ICounterGrain>("a").AddFast(1);
        Assert.DoesNotContain("partition", Thread.CurrentThread.Name ?? "", StringComparison.Ordinal);
        Assert.Same(TaskScheduler.Default, TaskScheduler.Current);
    }

    [Fact]
    public async Task The_placement_hint_decides_where_a_grain_lives()
    {
        await using var runtime = await Start(options => options.PlacementHint = id => id.Key.ToString().EndsWith('1') ? 1 : 0);
        for (var i = 0; i < 20; i++)
            await runtime.GrainFactory.GetGrain<ICounterGrain>($"x{i}").Add(1);
        Assert.Equal(2, runtime.Partitions[1].Activations.Count);
        Assert.Equal(18, runtime.Partitions[0].Activations.Count);
    }

    [Fact]
    public async Task A_turn_that_holds_its_thread_is_reported_with_its_grain_while_it_does()
    {
        var clock = new VirtualTimeProvider();
        var log = new ListLog();
        await using var runtime = await Start(
            options => options.LongTurnWarning = TimeSpan.FromMilliseconds(500),
            services => services.AddSingleton<TimeProvider>(clock).AddSingleton<ILoggerFactory>(log));
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        runtime.Services.GetRequiredService<Script>().Answers["activate stuck"] = () =>
        {
            entered.Set();
            release.Wait(TestContext.Current.CancellationToken);
            return Task.CompletedTask;
        };
        var call = runtime.GrainFactory.GetGrain<ILifeGrain>("stuck").Touch();
        entered.Wait(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(2));
        release.Set();
        await call;
        Assert.Single(log.Lines, line => line.Contains("life/stuck", StringComparison.Ordinal) && line.Contains("holds partition", StringComparison.Ordinal));
        Assert.Equal(1, runtime.Partitions.Sum(partition => partition.Counters.LongTurns));
    }

    [Fact]
    public async Task Meters_show_turns_and_activations()
    {
        await using var runtime = await Start();
        await runtime.GrainFactory.GetGrain<ICounterGrain>("a").Add(1);
        var values = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Grid.Runtime")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => values[instrument.Name] = values.GetValueOrDefault(instrument.Name) + value);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.True(values["grid.runtime.turns"] >= 1);
        Assert.True(values["grid.runtime.activations"] >= 1);
        Assert.Contains("grid.runtime.messages.rejected", values.Keys);
        Assert.Contains("grid.runtime.calls.timeouts", values.Keys);
        Assert.Contains("grid.runtime.stream.depth", values.Keys);
    }
}
