using Grid.Runtime.CodeGeneration;
using Orleans;

namespace Grid.Runtime.Execution;

/// <remarks>This file: activations that go because they are idle or because memory is short, a part of the table at a time so that calls get through in between.</remarks>
internal sealed partial class Partition
{
    private const int PartsPerStep = 4096;
    private const int PartsAhead = 12;

    private readonly List<Activation> _scanned = [];
    private bool _isCollecting;
    private bool _isShedding;

    /// <summary>The time since the runtime's start in tenths of a second, as of this pass.</summary>
    public int NowTenths { get; private set; }

    public void CollectIdle()
    {
        if (_isCollecting)
            return;
        _isCollecting = true;
        var age = Tenths(Runtime.Options.CollectionAge);
        Scan(
            activation =>
            {
                if (activation.IsIdleSince(age, Now))
                    activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "It was idle."));
            },
            () => _isCollecting = false);
    }

    /// <summary>
    /// Deactivates that share of the activations, those first that were not used for the longest time, as far as they are idle. How long is
    /// told apart to a thousandth of the age at which idle ones go anyway.
    /// </summary>
    public void Shed(double share)
    {
        var surplus = Activations.Count - (int)Math.Floor(Activations.Count * (1 - share));
        if (_isShedding || surplus <= 0)
            return;
        _isShedding = true;
        var ages = new IdleAges(Tenths(Runtime.Options.CollectionAge));
        var now = NowTenths;
        Scan(
            activation =>
            {
                if (activation.IsIdleSince(0, Now))
                    ages.Count(activation.IdleTenths(now));
            },
            () =>
            {
                ages.Choose(surplus);
                Scan(
                    activation =>
                    {
                        if (activation.IsIdleSince(0, Now) && ages.Take(activation.IdleTenths(now)))
                        {
                            Counters.ActivationsShed++;
                            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.HighMemoryPressure, "Memory is short, and others were used since."));
                        }
                    },
                    () => _isShedding = false);
            });
    }

    public void EndAll(DeactivationReason reason)
    {
        for (var part = 0; part < Activations.ScanParts; part++)
        {
            foreach (var activation in ScanPart(part, Activations.ScanParts))
                activation.Deactivate(reason);
        }
    }

    private static int Tenths(TimeSpan time) => (int)Math.Min(int.MaxValue, time.TotalSeconds * 10);

    private void Scan(Action<Activation> visit, Action ended) => ScanFrom(0, Activations.ScanParts, visit, ended);

    private void ScanFrom(int first, int parts, Action<Activation> visit, Action ended)
    {
        var end = Math.Min(parts, first + PartsPerStep);
        for (var part = first; part < end; part++)
        {
            Activations.Foresee(part + (2 * PartsAhead));
            Activations.ForeseeSecond(part + PartsAhead);
            foreach (var activation in ScanPart(part, parts))
                visit(activation);
        }

        _scanned.Clear();
        if (end < parts)
            _inbox.Push(new PartitionWork(here => here.ScanFrom(end, parts, visit, ended)));
        else
            ended();
    }

    private List<Activation> ScanPart(int part, int parts)
    {
        _scanned.Clear();
        Activations.Scan(part, parts, _scanned);
        return _scanned;
    }

    private void ReadClock()
    {
        Now = Runtime.Clock.GetTimestamp();
        NowTenths = (int)((Now - Runtime.StartTimestamp) / _timestampsPerTenth);
    }
}
