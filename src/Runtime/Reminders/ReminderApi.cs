using Grid.Runtime.Execution;
using Orleans.Runtime;

namespace Orleans.Runtime
{
    /// <summary>A registered reminder.</summary>
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>When a reminder ticks.</summary>
    public readonly struct TickStatus
    {
        public TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
        {
            FirstTickTime = firstTickTime;
            Period = period;
            CurrentTickTime = timeStamp;
        }

        /// <summary>The first tick, UTC.</summary>
        public DateTime FirstTickTime { get; }

        public TimeSpan Period { get; }

        /// <summary>Now, UTC.</summary>
        public DateTime CurrentTickTime { get; }

        public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
    }
}

namespace Orleans
{
    /// <summary>A grain that has reminders.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>Reminders: they outlive the activation and the process, tick at least once, and activate their grain.</summary>
    public static class GrainReminderExtensions
    {
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
            Register(grain, reminderName, dueTime, period);

        public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
            Register(grain, reminderName, dueTime, period);

        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => Unregister(grain, reminder);

        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) => Unregister(grain, reminder);

        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => Get(grain, reminderName);

        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) => Get(grain, reminderName);

        public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => GetAll(grain);

        public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) => GetAll(grain);

        private static Task<IGrainReminder> Register(IGrainBase grain, string name, TimeSpan dueTime, TimeSpan period)
        {
            var activation = Of(grain);
            if (grain is not IRemindable)
                throw new InvalidOperationException($"{grain.GetType().Name} does not implement {nameof(IRemindable)}.");
            return activation.Runtime.Reminders.RegisterAsync(activation.GrainId, name, dueTime, period);
        }

        private static Task Unregister(IGrainBase grain, IGrainReminder reminder)
        {
            ArgumentNullException.ThrowIfNull(reminder);
            var activation = Of(grain);
            return activation.Runtime.Reminders.UnregisterAsync(activation.GrainId, reminder);
        }

        private static Task<IGrainReminder?> Get(IGrainBase grain, string name)
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            var activation = Of(grain);
            return Task.FromResult(activation.Runtime.Reminders.Find(activation.GrainId, name));
        }

        private static Task<List<IGrainReminder>> GetAll(IGrainBase grain)
        {
            var activation = Of(grain);
            return Task.FromResult(activation.Runtime.Reminders.FindAll(activation.GrainId));
        }

        private static Activation Of(IGrainBase grain)
        {
            ArgumentNullException.ThrowIfNull(grain);
            if (grain.GrainContext is Activation activation && ReferenceEquals(Partition.CurrentActivation, activation))
                return activation;
            throw new InvalidOperationException("Reminders can only be used in a turn of their grain.");
        }
    }
}
