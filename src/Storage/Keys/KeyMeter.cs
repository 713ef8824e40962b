using System.Diagnostics.Metrics;
using Grid.Contracts.Storage;

namespace Grid.Storage.Keys;

/// <summary>What sealing counts.</summary>
internal sealed class KeyMeter : IDisposable
{
    public const string Name = "Grid.Privacy";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _sealed;
    private readonly Counter<long> _notSealed;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _erased;
    private readonly Counter<long> _missing;

    public KeyMeter()
    {
        _sealed = _meter.CreateCounter<long>("grid.privacy.values.sealed", "{value}", "Values sealed with a subscriber's key");
        _notSealed = _meter.CreateCounter<long>("grid.privacy.values.not_kept", "{value}", "Values not kept because their subscriber has no key any more");
        _opened = _meter.CreateCounter<long>("grid.privacy.values.opened", "{value}", "Sealed values opened");
        _erased = _meter.CreateCounter<long>("grid.privacy.values.erased", "{value}", "Sealed values met whose key is destroyed");
        _missing = _meter.CreateCounter<long>("grid.privacy.values.key_missing", "{value}", "Sealed values met whose key is neither there nor destroyed");
    }

    public void Observe(Func<KeyCounts> counts)
    {
        _meter.CreateObservableGauge("grid.privacy.subscribers", () => counts().Subscribers, "{subscriber}", "Subscribers with a key");
        _meter.CreateObservableGauge("grid.privacy.erasures", () => counts().Erased, "{key}", "Keys destroyed since the register of erasures began");
    }

    public void Sealed() => _sealed.Add(1);

    public void NotSealed() => _notSealed.Add(1);

    public void Opened() => _opened.Add(1);

    public void Erased() => _erased.Add(1);

    public void KeyMissing() => _missing.Add(1);

    public void Dispose() => _meter.Dispose();
}
