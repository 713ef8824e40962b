using Grid.Runtime.CodeGeneration;
using Orleans;

namespace Grid.Runtime.Execution;

/// <remarks>This file: idle activations, a part of the table at a time so that calls get through in between.</remarks>
internal sealed partial class Partition
{
    private const int BucketsPerStep = 4096;

    private bool _isCollecting;

    /// <summary>The time since the runtime's start in tenths of a second, as of this pass.</summary>
    public int NowTenths { get; private set; }

    public void CollectIdle()
    {
        if (_isCollecting)
            return;
        _isCollecting = true;
        CollectFrom(0);
    }

    public void EndAll(DeactivationReason reason)
    {
        for (var bucket = 0; bucket < Activations.BucketCount; bucket++)
        {
            for (var activation = Activations.Bucket(bucket); activation is not null; activation = activation.NextInTable)
                activation.Deactivate(reason);
        }
    }

    private void CollectFrom(int first)
    {
        var age = (int)Math.Min(int.MaxValue, Runtime.Options.CollectionAge.TotalSeconds * 10);
        var end = Math.Min(Activations.BucketCount, first + BucketsPerStep);
        for (var bucket = first; bucket < end; bucket++)
        {
            for (var activation = Activations.Bucket(bucket); activation is not null; activation = activation.NextInTable)
            {
                if (activation.IsIdleSince(age, Now))
                    activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ActivationIdle, "It was idle."));
            }
        }

        if (end < Activations.BucketCount)
            _inbox.Push(new PartitionWork(here => here.CollectFrom(end)));
        else
            _isCollecting = false;
    }

    private void ReadClock()
    {
        Now = Runtime.Clock.GetTimestamp();
        NowTenths = (int)((Now - Runtime.StartTimestamp) / _timestampsPerTenth);
    }
}
