using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Grains.Privacy;
using Orleans.Runtime;

namespace Grid.Grains.Devices;

/// <summary>
/// What the device grains share: a <see cref="DeviceLife{TRules, TSettings, TState}"/> and its storage. A grain holds one and hands it its calls.
/// </summary>
/// <param name="storage">The device's stored state.</param>
/// <param name="context">What it needs of its process.</param>
public sealed class DeviceActor<TRules, TSettings, TState>(IPersistentState<DeviceState<TSettings, TState>> storage, DeviceContext context)
    where TRules : IDeviceRules<TSettings, TState>
    where TSettings : class
    where TState : struct
{
    private DeviceLife<TRules, TSettings, TState> _life = null!;
    private string _id = string.Empty;
    private bool _isDirty;

    // True from a change that must be persisted before its answer until it is: a write that failed is made up for by the next call.
    private bool _isOwed;

    /// <summary>Goes on from what is stored.</summary>
    /// <param name="id">The device's key.</param>
    public void Activate(string id)
    {
        _id = id;
        _life = new DeviceLife<TRules, TSettings, TState>(id, context);
        _life.Resume(PersonalStates.Open(storage.State, id, context.Keys));
    }

    /// <inheritdoc cref="IDeviceGrain.Apply"/>
    public ValueTask<DeviceOutcome> Apply(LogEntry entry, LogPosition at, long after)
    {
        var outcome = _life.Apply(entry, at, after, out var persistence);
        _isDirty |= persistence != Persistence.None;
        _isOwed |= persistence == Persistence.Now;
        if (_isOwed)
        {
            return WriteThenAnswer(outcome);
        }

        return ValueTask.FromResult(outcome);
    }

    /// <inheritdoc cref="IDeviceGrain.Save"/>
    public ValueTask<LogPosition> Save() =>
        _life.State.Stage == DeviceStage.Removed ? ThenPosition(Forget())
        : _isDirty ? ThenPosition(Write())
        : ValueTask.FromResult(GetPosition());

    /// <summary>Before the activation ends: what no snapshot has is persisted, and a removed device leaves nothing behind.</summary>
    public async Task Deactivate()
    {
        try
        {
            await Save();
        }
        catch (StorageOverloadedException)
        {
            // At a stop all devices of a department come at once. The log has what this one could not save: its sector hands it again.
        }
    }

    /// <inheritdoc cref="IDeviceGrain.GetPosition"/>
    public LogPosition GetPosition() => new(_life.State.Sector ?? string.Empty, _life.State.Offset);

    /// <inheritdoc cref="IDeviceGrain.GetContribution"/>
    public Contribution GetContribution() => _life.Contribution;

    /// <inheritdoc cref="IDeviceGrain.GetView"/>
    public DeviceView GetView() => _life.View(context.Clock.GetUtcNow());

    /// <inheritdoc cref="IDeviceGrain.GetMetrics"/>
    public ImmutableArray<MetricValue> GetMetrics(long after) => NewestValues.ChangedAfter(_life.State.Values, after);

    /// <inheritdoc cref="IDeviceGrain.SetDesired"/>
    public async Task<DesiredAnswer> SetDesired(DesiredChange change)
    {
        var former = _life.State.Desired;
        if (_life.Desire(change, out var answer))
        {
            await WriteDesired(former);
        }

        return answer;
    }

    /// <inheritdoc cref="IDeviceGrain.Renew"/>
    public async Task<DeviceOrders> Renew()
    {
        var now = context.Clock.GetUtcNow();
        var former = _life.State.Desired;
        if (_life.DropEnded(now))
        {
            await WriteDesired(former);
        }

        return _life.Orders(now);
    }

    /// <inheritdoc cref="IDeviceGrain.LearnRules"/>
    public void LearnRules(RuleSet rules) => _life.Learn(rules);

    private async Task WriteDesired(DesiredState? former)
    {
        try
        {
            await Write();
        }
        catch
        {
            // Not durable, so it never was: the caller is told, and the next answer must not speak of it.
            _life.RestoreDesired(former);
            throw;
        }
    }

    private async ValueTask<DeviceOutcome> WriteThenAnswer(DeviceOutcome outcome)
    {
        await Write();
        return outcome;
    }

    private ValueTask<LogPosition> ThenPosition(Task done) =>
        done.IsCompletedSuccessfully ? ValueTask.FromResult(GetPosition()) : PositionAfter(done);

    private async ValueTask<LogPosition> PositionAfter(Task done)
    {
        await done;
        return GetPosition();
    }

    private async Task Write()
    {
        storage.State = PersonalStates.Protect(_life.State, _id, context.Keys);
        await storage.WriteStateAsync();
        _isDirty = false;
        _isOwed = false;
    }

    private async Task Forget()
    {
        if (storage.RecordExists)
        {
            await storage.ClearStateAsync();
        }

        _isDirty = false;
    }
}
