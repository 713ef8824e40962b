using Grid.Runtime.Catalog;
using Grid.Runtime.CodeGeneration;
using Grid.Runtime.Diagnostics;
using Orleans;
using Orleans.Runtime;

namespace Grid.Runtime.Reminders;

/// <summary>
/// Ticks the reminders. A tick that fails, or that fell into a time when the process was down, is not repeated: the next one comes at its time, so that
/// each period has at least one try while the process runs.
/// </summary>
internal sealed class ReminderService(EmbeddedGrainRuntime runtime, IReminderStore store)
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(20);

    private readonly Dictionary<(GrainId Grain, string Name), Reminder> _reminders = [];
    private readonly Lock _gate = new();
    private bool _isStopped;

    public async Task StartAsync(CancellationToken cancellation)
    {
        foreach (var stored in await store.ReadAllAsync(cancellation))
            Keep(stored);
    }

    public void Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            foreach (var reminder in _reminders.Values)
                reminder.Timer.Dispose();
            _reminders.Clear();
        }
    }

    public async Task<IGrainReminder> RegisterAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dueTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        var least = runtime.Options.MinimumReminderPeriod;
        if (period < least)
            throw new ArgumentException($"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder period ({least})");
        ArgumentException.ThrowIfNullOrEmpty(name);
        var stored = new StoredReminder(grain, name, runtime.Clock.GetUtcNow() + dueTime, period);
        await store.WriteAsync(stored, CancellationToken.None);
        return Keep(stored);
    }

    public async Task UnregisterAsync(GrainId grain, IGrainReminder reminder)
    {
        await store.RemoveAsync(grain, reminder.ReminderName, CancellationToken.None);
        lock (_gate)
        {
            if (_reminders.Remove((grain, reminder.ReminderName), out var kept))
                kept.Timer.Dispose();
        }
    }

    public IGrainReminder? Find(GrainId grain, string name)
    {
        lock (_gate)
            return _reminders.GetValueOrDefault((grain, name));
    }

    public List<IGrainReminder> FindAll(GrainId grain)
    {
        lock (_gate)
            return [.. _reminders.Values.Where(reminder => reminder.Stored.Grain == grain).OrderBy(reminder => reminder.ReminderName, StringComparer.Ordinal)];
    }

    private Reminder Keep(StoredReminder stored)
    {
        lock (_gate)
        {
            var reminder = new Reminder(this, stored);
            if (_reminders.Remove((stored.Grain, stored.Name), out var former))
                former.Timer.Dispose();
            if (_isStopped)
                return reminder;
            _reminders[(stored.Grain, stored.Name)] = reminder;
            Arm(reminder);
            return reminder;
        }
    }

    private void Arm(Reminder reminder)
    {
        reminder.Due = NextTick(reminder.Stored);
        Wait(reminder);
    }

    private void Wait(Reminder reminder)
    {
        var wait = reminder.Due - runtime.Clock.GetUtcNow();
        reminder.Timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private DateTimeOffset NextTick(StoredReminder reminder)
    {
        var now = runtime.Clock.GetUtcNow();
        if (now < reminder.StartAt)
            return reminder.StartAt;
        var sinceLast = (now - reminder.StartAt).Ticks % reminder.Period.Ticks;
        return now.AddTicks(reminder.Period.Ticks - sinceLast);
    }

    private void Fire(Reminder reminder) => runtime.Run(() => FireAsync(reminder));

    private async Task FireAsync(Reminder reminder)
    {
        var stored = reminder.Stored;
        var now = runtime.Clock.GetUtcNow();
        var isDue = now >= reminder.Due;
        try
        {
            // A timer cannot wait as long as a reminder may: this may be a stop on the way. A tick that comes late, by a busy machine or by a
            // wall clock that was set, is a tick all the same.
            if (isDue)
            {
                var grain = new RemindableReference(runtime.Factory.Untyped(runtime.Catalog.ClassNamed(stored.Grain.Type), stored.Grain.Key));
                await grain.ReceiveReminder(stored.Name, new TickStatus(stored.StartAt.UtcDateTime, stored.Period, now.UtcDateTime));
            }
        }
        catch (Exception error)
        {
            Log.ReminderFailed(runtime.Logger, error, stored.Name, stored.Grain);
        }

        lock (_gate)
        {
            if (_isStopped || _reminders.GetValueOrDefault((stored.Grain, stored.Name)) != reminder)
                return;

            // A timer may be up to a millisecond early. The tick that it was for may be due by now, and is still to come: not the one after it.
            if (isDue)
                Arm(reminder);
            else
                Wait(reminder);
        }
    }

    private sealed class Reminder : IGrainReminder
    {
        public Reminder(ReminderService service, StoredReminder stored)
        {
            Stored = stored;
            using (ExecutionContext.SuppressFlow())
                Timer = service.Clock.CreateTimer(_ => service.Fire(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public StoredReminder Stored { get; }

        public ITimer Timer { get; }

        /// <summary>Its next tick.</summary>
        public DateTimeOffset Due { get; set; }

        public string ReminderName => Stored.Name;
    }

    private TimeProvider Clock => runtime.Clock;
}

/// <summary>Calls the one method that reminders need.</summary>
internal sealed class RemindableReference(UntypedReference grain)
    : EmbeddedReference(new ReferenceSeed(grain.GrainClass, grain.KeyText, grain.KeyHash, grain.PartitionNumber)), IRemindable
{
    public Task ReceiveReminder(string reminderName, TickStatus status) => Call(new TickRequest(reminderName, status), CallOptions.None);

    private sealed class TickRequest(string name, TickStatus status) : TaskRequest
    {
        public override string MethodName => "IRemindable/ReceiveReminder";

        protected override Task Invoke(object target) => ((IRemindable)target).ReceiveReminder(name, status);

        protected override void Recycle()
        {
        }
    }
}
