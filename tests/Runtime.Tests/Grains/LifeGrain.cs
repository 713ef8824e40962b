using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Grid.Tests.Runtime;

public sealed class Notes
{
    public string Text { get; set; } = "";

    public List<int> Numbers { get; set; } = [];
}

public interface ILifeGrain : IGrainWithStringKey
{
    Task Touch();

    Task End();

    Task<string> Write(string text, bool save);

    Task<string> Read();

    Task Clear();

    /// <summary>Writes several times without awaiting in between.</summary>
    Task WriteAtOnce(int times);

    Task<int> Sum(Notes notes);

    Task StartTimer(string name, int dueSeconds, int periodSeconds, bool interleave, bool keepAlive);

    Task StopTimer(string name);

    Task Stay(TimeSpan time);

    Task Remind(string name, TimeSpan due, TimeSpan period);

    Task Forget(string name);

    Task<int> Reminders();
}

public sealed class LifeGrain(Script script, [PersistentState("notes", "Default")] IPersistentState<Notes> notes) : Grain, ILifeGrain, IRemindable
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];
    private string Me => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        script.Tell($"activate {Me}");
        if (script.Answers.TryGetValue($"activate {Me}", out var answer))
            await answer();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        script.Tell($"deactivate {Me} {reason.ReasonCode}");
        if (script.Answers.TryGetValue($"deactivate {Me}", out var answer))
            await answer();
    }

    public Task Touch() => Task.CompletedTask;

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public async Task<string> Write(string text, bool save)
    {
        notes.State.Text = text;
        if (save)
            await notes.WriteStateAsync();
        return notes.State.Text;
    }

    public Task<string> Read() => Task.FromResult(notes.State.Text);

    public Task Clear() => notes.ClearStateAsync();

    public Task WriteAtOnce(int times) => Task.WhenAll(Enumerable.Range(0, times).Select(i =>
    {
        notes.State.Text = $"{i}";
        return notes.WriteStateAsync();
    }));

    public async Task<int> Sum(Notes notes)
    {
        await Task.Yield();
        return notes.Numbers.Sum();
    }

    public Task StartTimer(string name, int dueSeconds, int periodSeconds, bool interleave, bool keepAlive)
    {
        _timers[name] = this.RegisterGrainTimer(
            async () =>
            {
                script.Tell($"tick {name}");
                if (script.Answers.TryGetValue($"tick {name}", out var answer))
                    await answer();
            },
            new GrainTimerCreationOptions(TimeSpan.FromSeconds(dueSeconds), TimeSpan.FromSeconds(periodSeconds)) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task StopTimer(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public Task Stay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public Task Remind(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task Forget(string name)
    {
        if (await this.GetReminder(name) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    public async Task<int> Reminders() => (await this.GetReminders()).Count;

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        script.Tell($"reminder {reminderName} {(status.CurrentTickTime - status.FirstTickTime).TotalMinutes}");
        if (script.Answers.TryGetValue($"reminder {reminderName}", out var answer))
            await answer();
    }
}

public interface IWorkerGrain : IGrainWithStringKey
{
    Task<int> Work(string gate);
}

[StatelessWorker(3)]
public sealed class WorkerGrain(Script script) : Grain, IWorkerGrain
{
    private int _calls;

    public async Task<int> Work(string gate)
    {
        script.Tell("+");
        await script[gate].Task;
        return ++_calls;
    }
}

public interface IPlainGrain : IGrainWithStringKey
{
    Task Touch();
}

/// <summary>The least that a grain can be: what the memory of a bare activation is measured on.</summary>
public sealed class PlainGrain : Grain, IPlainGrain
{
    public Task Touch() => Task.CompletedTask;
}
