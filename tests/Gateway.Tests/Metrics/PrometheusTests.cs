using System.Diagnostics.Metrics;
using Grid.Client.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.Gateway.Metrics;

public sealed class PrometheusTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IMeterFactory _meters;
    private readonly PrometheusExporter _exporter;

    public PrometheusTests()
    {
        _meters = _services.GetRequiredService<IMeterFactory>();
        _exporter = new(_meters);
        _exporter.Start();
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_counter_counts_by_its_labels()
    {
        var counter = _meters.Create("Grid.Test").CreateCounter<long>("grid.test.readings", "{reading}", "Readings\nby \"kind\" \\ more.");
        counter.Add(2, new KeyValuePair<string, object?>("kind.of", "a\"b\\c\nd"));
        counter.Add(3, new KeyValuePair<string, object?>("kind.of", "a\"b\\c\nd"));
        counter.Add(1);
        Assert.Equal(
            ["# HELP grid_test_readings_total Readings\\nby \"kind\" \\\\ more.", "# TYPE grid_test_readings_total counter", "grid_test_readings_total 1", """grid_test_readings_total{kind_of="a\"b\\c\nd"} 5"""],
            Lines("grid_test_readings"));
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_a_sum_and_a_count()
    {
        var histogram = _meters.Create("Grid.Test").CreateHistogram("grid.test.age", "s", "Age.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        histogram.Record(0.05);
        histogram.Record(0.1);
        histogram.Record(0.5);
        histogram.Record(7);
        Assert.Equal(
            [
                "# HELP grid_test_age_seconds Age.", "# TYPE grid_test_age_seconds histogram",
                """grid_test_age_seconds_bucket{le="0.1"} 2""", """grid_test_age_seconds_bucket{le="1"} 3""", """grid_test_age_seconds_bucket{le="+Inf"} 4""",
                "grid_test_age_seconds_sum 7.65", "grid_test_age_seconds_count 4",
            ],
            Lines("grid_test_age"));
    }

    [Fact]
    public void Up_down_counters_add_and_gauges_and_observed_values_replace()
    {
        var meter = _meters.Create("Grid.Test");
        var clients = meter.CreateUpDownCounter<int>("grid.test.clients");
        var level = meter.CreateGauge<double>("grid.test.level");
        var observed = 7L;
        meter.CreateObservableCounter("grid.test.turns", () => observed);
        meter.CreateObservableGauge("grid.test.depth", () => observed > 7 ? [] : new[] { new Measurement<long>(3, new KeyValuePair<string, object?>("p", 1)) });
        clients.Add(3);
        clients.Add(-1);
        level.Record(4);
        level.Record(2.5);
        Assert.Contains("grid_test_clients 2", Lines("grid_test_clients"));
        Assert.Contains("grid_test_level 2.5", Lines("grid_test_level"));
        Assert.Contains("grid_test_turns_total 7", Lines("grid_test_turns"));
        Assert.Contains("""grid_test_depth{p="1"} 3""", Lines("grid_test_depth"));
        observed = 9;
        Assert.Contains("grid_test_turns_total 9", Lines("grid_test_turns"));

        // A series that is not told any more is gone.
        Assert.Equal(2, Lines("grid_test_depth").Count);
    }

    [Fact]
    public void Series_beyond_the_limit_are_dropped_and_counted()
    {
        var counter = _meters.Create("Grid.Test").CreateCounter<long>("grid.test.wild");
        for (var i = 0; i < 600; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("id", i));
        }

        Assert.Equal(512 + 2, Lines("grid_test_wild").Count);
        Assert.Equal(88, _exporter.MeasurementsDropped);
        Assert.Contains("grid_metrics_measurements_dropped_total 88", _exporter.Export(), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_meters_of_this_host_and_of_the_framework_are_shown()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        others.GetRequiredService<IMeterFactory>().Create("Grid.Other").CreateCounter<long>("grid.of.another.host").Add(1);
        _meters.Create("Acme").CreateCounter<long>("acme.count").Add(1);
        var text = _exporter.Export();
        Assert.DoesNotContain("another_host", text, StringComparison.Ordinal);
        Assert.DoesNotContain("acme", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_gc_collections_total counter", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_gateway_shows_its_own()
    {
        await using var host = await GatewayHost.StartAsync();
        await host.PostAsync("/api/v1/readings", """[{"device":"nobody","time":"2026-11-22T10:00:00Z","metrics":{"x":1}}]""");
        await host.Client().GetAsync("/api/v1/devices");
        var answer = await host.Http.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("""grid_gateway_readings_rejected_total{field="device"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("""grid_gateway_requests_refused_total{reason="unauthenticated"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("""http_route="/api/v1/readings",""", text, StringComparison.Ordinal);
    }

    private List<string> Lines(string name) => [.. _exporter.Export().Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal))];
}
