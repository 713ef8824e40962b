using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting.Controllers;

/// <summary>The controllers of a sector in memory, as they are persisted. Not safe for use by two at once.</summary>
internal sealed class ControllersBook
{
    private readonly SortedDictionary<string, Controller> _controllers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, ControllerProgram> _programs = [];
    private readonly SortedDictionary<string, DateTimeOffset> _watched = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, Reminder> _reminders = [];
    private readonly SortedDictionary<string, UnplannedCabinet> _unplanned = new(StringComparer.Ordinal);

    public ControllersBook(StoredControllers stored)
    {
        (Revision, RefreshedAt, LastNumber, LastVersion) = (stored.Revision, stored.RefreshedAt, stored.LastNumber, stored.LastVersion);
        foreach (var controller in stored.Controllers)
        {
            _controllers[controller.Device] = controller;
        }

        foreach (var program in stored.Programs)
        {
            _programs[program.Version] = program;
        }

        foreach (var watched in stored.Watched)
        {
            _watched[watched.Device] = watched.At;
        }

        foreach (var reminder in stored.Reminders)
        {
            _reminders[reminder.Number] = reminder;
        }

        foreach (var cabinet in stored.Unplanned)
        {
            _unplanned[cabinet.Device] = cabinet;
        }
    }

    /// <summary>Revision of the directory of plans that they are up to date with.</summary>
    public long Revision { get; private set; }

    /// <summary>When they were last brought up to date.</summary>
    public DateTimeOffset RefreshedAt { get; private set; }

    private long LastNumber { get; set; }

    private long LastVersion { get; set; }

    /// <summary>Every controller, by key.</summary>
    public IReadOnlyCollection<Controller> Controllers => _controllers.Values;

    /// <summary>The cabinets under no plan, by key.</summary>
    public IReadOnlyCollection<UnplannedCabinet> Unplanned => _unplanned.Values;

    /// <summary>Those that are switched live.</summary>
    public IEnumerable<Controller> Live => _controllers.Values.Where(controller => controller.State == ControllerState.Live);

    /// <summary>Devices that are told the same together and have not all been, by number.</summary>
    public IReadOnlyCollection<Reminder> Reminders => _reminders.Values;

    /// <summary>When the next device is to be told something; null for never.</summary>
    public DateTimeOffset? NextWatched => _watched.Count == 0 ? null : _watched.Values.Min();

    /// <summary>What is to be persisted.</summary>
    public StoredControllers ToStored() => new()
    {
        Revision = Revision,
        RefreshedAt = RefreshedAt,
        LastNumber = LastNumber,
        LastVersion = LastVersion,
        Programs = [.. _programs.Values],
        Controllers = [.. _controllers.Values],
        Watched = [.. _watched.Select(pair => new WatchedDevice(pair.Key, pair.Value))],
        Reminders = [.. _reminders.Values],
        Unplanned = [.. _unplanned.Values],
    };

    public Controller? Find(string device) => _controllers.GetValueOrDefault(device);

    public ControllerProgram? FindProgram(long version) => _programs.GetValueOrDefault(version);

    public void Set(Controller controller) => _controllers[controller.Device] = controller;

    public void Set(UnplannedCabinet cabinet) => _unplanned[cabinet.Device] = cabinet;

    public Reminder? FindReminder(long number) => _reminders.GetValueOrDefault(number);

    public void Set(Reminder reminder) => _reminders[reminder.Number] = reminder;

    public void Drop(long reminder) => _reminders.Remove(reminder);

    public long NextNumber() => ++LastNumber;

    /// <summary>The version of a new program. By the clock, so that it is above what the controller was given elsewhere, in another sector or before a loss of all that was stored.</summary>
    public long NextVersion(DateTimeOffset now) => LastVersion = Math.Max(LastVersion + 1, now.ToUnixTimeSeconds());

    public void Watch(string device, DateTimeOffset at) =>
        _watched[device] = _watched.TryGetValue(device, out var other) && other < at ? other : at;

    public void Watch(ImmutableArray<WatchedDevice> devices)
    {
        foreach (var (device, at) in devices)
        {
            Watch(device, at);
        }
    }

    /// <summary>The devices that are to be told something by now.</summary>
    public ImmutableArray<string> WatchedUntil(DateTimeOffset now) => [.. _watched.Where(pair => pair.Value <= now).Select(pair => pair.Key)];

    public void Unwatch(ImmutableArray<string> devices)
    {
        foreach (var device in devices)
        {
            _watched.Remove(device);
        }
    }

    /// <summary>The newest program of a plan with a minimum, when it still names enough nights; null for none.</summary>
    public ControllerProgram? ProgramOf(string plan, double minimumPercent, DateOnly today) =>
        _programs.Values.LastOrDefault(program => program.Plan == plan && program.MinimumPercent == minimumPercent) is { } newest
        && newest.Calendar[0].From.AddDays(ProgramCompiler.Nights - ProgramCompiler.NightsBeforeRenewal) > today
            ? newest
            : null;

    public void Add(ControllerProgram program) => _programs[program.Version] = program;

    /// <summary>
    /// Those that are not among the controllers that are now found, as they are here: they are under no plan any more, or are switched live now and were not, or the other way
    /// round.
    /// </summary>
    public ImmutableArray<Controller> LeftBy(IReadOnlyCollection<Controller> found)
    {
        var kept = found.ToDictionary(controller => controller.Device, StringComparer.Ordinal);
        return [.. _controllers.Values.Where(former => !kept.TryGetValue(former.Device, out var next) || !ControllerRules.IsOfSameNature(former, next))];
    }

    /// <summary>Those under no plan that are neither among those that are now found nor under a plan now: they are not here any more.</summary>
    public ImmutableArray<UnplannedCabinet> LeftBy(FoundControllers found)
    {
        var here = found.UnderPlans.Select(controller => controller.Device).Concat(found.Unplanned.Select(cabinet => cabinet.Device)).ToHashSet(StringComparer.Ordinal);
        return [.. _unplanned.Values.Where(former => !here.Contains(former.Device))];
    }

    /// <summary>The controllers as they are now found.</summary>
    public void Replace(FoundControllers found, long revision, DateTimeOffset now)
    {
        _controllers.Clear();
        foreach (var controller in found.UnderPlans)
        {
            _controllers[controller.Device] = controller;
        }

        var told = _unplanned.Values.ToDictionary(cabinet => cabinet.Device, cabinet => cabinet.Told, StringComparer.Ordinal);
        _unplanned.Clear();
        foreach (var cabinet in found.Unplanned)
        {
            _unplanned[cabinet.Device] = cabinet with { Told = told.GetValueOrDefault(cabinet.Device, []) };
        }

        var used = _controllers.Values.Select(controller => controller.Version).ToHashSet();
        foreach (var version in _programs.Keys.Where(version => !used.Contains(version)).ToArray())
        {
            _programs.Remove(version);
        }

        (Revision, RefreshedAt) = (revision, now);
    }
}
