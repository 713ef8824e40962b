using System.Diagnostics.Metrics;
using System.Text;

namespace Grid.Client.Metrics;

/// <summary>
/// The measurements of Grid, of the .NET runtime and of the web server as Prometheus text. It listens from <see cref="Start"/> on; series are
/// bounded by metric, and what is beyond is dropped and counted.
/// </summary>
public sealed class PrometheusExporter : IDisposable
{
    private const int MaximumFamilies = 1_000;
    private const string DroppedName = "grid_metrics_measurements_dropped_total";

    private readonly Lock _scrape = new();
    private readonly Dictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly IMeterFactory _meters;
    private long _dropped;

    /// <summary>An exporter of the meters of one host.</summary>
    /// <param name="meters">The host's factory: meters of another host in the same process are not its own.</param>
    public PrometheusExporter(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (IsWanted(instrument.Meter) && FamilyOf(instrument) is { } family)
            {
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        Listen<byte>(value => value);
        Listen<short>(value => value);
        Listen<int>(value => value);
        Listen<long>(value => value);
        Listen<float>(value => value);
        Listen<double>(value => value);
        Listen<decimal>(value => (double)value);
    }

    /// <summary>Measurements that were dropped because their metric had too many series.</summary>
    public long MeasurementsDropped => Interlocked.Read(ref _dropped);

    /// <summary>Begins to listen.</summary>
    public void Start() => _listener.Start();

    /// <summary>Everything, as text.</summary>
    public string Export()
    {
        var text = new StringBuilder(16 * 1024);

        // One scrape at a time: observed values are forgotten and told anew.
        lock (_scrape)
        {
            MetricFamily[] families;
            lock (_families)
            {
                families = [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
            }

            foreach (var family in families.Where(family => family.IsObserved))
            {
                family.Clear();
            }

            _listener.RecordObservableInstruments();
            foreach (var family in families)
            {
                PrometheusText.Write(text, family);
            }
        }

        text.Append("# HELP ").Append(DroppedName).Append(" Measurements dropped because their metric had too many series.\n");
        text.Append("# TYPE ").Append(DroppedName).Append(" counter\n");
        text.Append(DroppedName).Append(' ').Append(MeasurementsDropped).Append('\n');
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private bool IsWanted(Meter meter) =>
        (meter.Scope is null || ReferenceEquals(meter.Scope, _meters))
        && (meter.Name.StartsWith("Grid.", StringComparison.Ordinal)
            || meter.Name.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal)
            || meter.Name == "System.Runtime");

    private MetricFamily? FamilyOf(Instrument instrument)
    {
        var kind = instrument.GetType().GetGenericTypeDefinition();
        var type = kind == typeof(Counter<>) || kind == typeof(ObservableCounter<>) ? FamilyType.Counter
            : kind == typeof(Histogram<>) ? FamilyType.Histogram
            : FamilyType.Gauge;
        var name = PrometheusText.NameOf(instrument.Name, instrument.Unit, type);
        var help = instrument.Description ?? instrument.Name;
        lock (_families)
        {
            if (_families.TryGetValue(name, out var family))
            {
                return family.Type == type && family.IsObserved == instrument.IsObservable ? family : null;
            }

            if (_families.Count >= MaximumFamilies)
            {
                return null;
            }

            family = kind == typeof(UpDownCounter<>)
                ? new(name, help)
                : new(name, help, type, instrument.IsObservable, type == FamilyType.Histogram ? MetricFamily.BoundsOf(instrument) : null);
            _families.Add(name, family);
            return family;
        }
    }

    private void Listen<T>(Func<T, double> convert)
        where T : struct =>
        _listener.SetMeasurementEventCallback<T>((_, value, tags, state) =>
        {
            if (state is MetricFamily family && !family.Record(convert(value), tags))
            {
                Interlocked.Increment(ref _dropped);
            }
        });
}
