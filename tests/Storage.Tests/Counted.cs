using System.Diagnostics.Metrics;
using Grid.Storage;

namespace Grid.Tests.Storage;

/// <summary>The sum of a counter of one meter.</summary>
internal sealed class Counted : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _total;

    public Counted(string instrument, StorageMetrics metrics)
    {
        _listener.InstrumentPublished = (published, listener) =>
        {
            if (published.Name == instrument && metrics.Owns(published.Meter))
            {
                listener.EnableMeasurementEvents(published);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _total, value));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();
}
