using Grid.Contracts.Storage;

namespace Grid.Storage.History;

/// <summary>What the parts of an open history share.</summary>
internal sealed class HistoryCore(
    HistoryOptions options, HistoryCatalog catalog, HistoryShelf shelf, HistorySessions sessions, IHistorySubjects subjects, IHistorySeal? seal, TimeProvider time, StorageMetrics counters)
{
    /// <summary>For a series that nobody knows.</summary>
    public static readonly HistorySubject Unknown = new() { Kind = null, Commune = null, Zone = "Europe/Paris" };

    private Dictionary<string, int> _swept = new(StringComparer.Ordinal);

    public HistoryOptions Options => options;

    public HistoryCatalog Catalog => catalog;

    public HistoryShelf Shelf => shelf;

    public HistorySessions Sessions => sessions;

    public IHistorySubjects Subjects => subjects;

    public IHistorySeal? Seal => seal;

    public TimeProvider Time => time;

    public StorageMetrics Counters => counters;

    /// <summary>What is on its way in.</summary>
    public HistoryIntake Intake { get; } = new(options.BufferBytes, counters);

    public MetricTable Metrics => Intake.Metrics;

    public SeriesTable Series => Intake.Series;

    /// <summary>Called at the points where a crash is of interest, with their names: for tests.</summary>
    public Action<string>? OnStep { get; init; }

    public void Fault(string step) => OnStep?.Invoke(step);

    /// <summary>The series of a number, null when it is deleted.</summary>
    public SeriesInfo? Find(int id) => Series.Find(id);

    /// <summary>The name under which it is kept how far a rule has swept raw points.</summary>
    public static string RuleName(Contracts.Devices.DeviceKind? kind, string? commune) => $"{kind?.ToString() ?? "Territory"} {commune ?? "*"}";

    /// <summary>The name under which it is kept how far raw points of what is a person's are swept.</summary>
    public const string PersonalName = "Personal";

    /// <summary>Raw points of a series before this day were deleted: a late one has no day to belong to.</summary>
    public int SweptBefore(HistorySubject? subject)
    {
        var swept = Volatile.Read(ref _swept);
        if (subject is null || swept.Count == 0)
        {
            return int.MinValue;
        }

        var personal = subject.Subscriber is null ? int.MinValue : swept.GetValueOrDefault(PersonalName, int.MinValue);
        return (subject.Commune is { } commune && swept.TryGetValue(RuleName(subject.Kind, commune), out var own)) || swept.TryGetValue(RuleName(subject.Kind, null), out own)
            ? Math.Max(own, personal)
            : personal;
    }

    public IReadOnlyDictionary<string, int> Swept => Volatile.Read(ref _swept);

    public void SetSwept(Dictionary<string, int> swept) => Volatile.Write(ref _swept, swept);
}
