using System.Collections.Concurrent;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.History;

/// <summary>
/// Numbers of metrics within this process: the stored ones of <see cref="MetricNumbers"/>, and after them one for each other name that was met. In files,
/// the others stand by name. Safe for all threads.
/// </summary>
internal sealed class MetricTable
{
    /// <summary>Names that are no canonical metrics, over the life of the process; points of more are dropped, and counted.</summary>
    public const int MaximumOthers = 50_000;

    /// <summary>The number of a name over the bound.</summary>
    public const ushort None = 0;

    /// <summary>Stands for a name that has no number in this process, while points of that metric alone are read.</summary>
    private const ushort Unnumbered = 1023;

    private const int FirstOther = 1024;
    private readonly ConcurrentDictionary<string, ushort> _others = new(StringComparer.Ordinal);
    private readonly string[] _names = new string[FirstOther + MaximumOthers];
    private readonly Lock _gate = new();
    private int _count;

    public ushort NumberOf(string name)
    {
        var known = MetricNumbers.Of(name);
        if (known != MetricNumbers.Named)
        {
            return (ushort)known;
        }

        return _others.TryGetValue(name, out var number) ? number : Add(name);
    }

    /// <summary>The number of a name when it has one: a query makes none.</summary>
    public ushort? Find(string name)
    {
        var known = MetricNumbers.Of(name);
        return known != MetricNumbers.Named ? (ushort)known : _others.TryGetValue(name, out var number) ? number : null;
    }

    public string NameOf(ushort number) => number < FirstOther ? MetricNumbers.Name(number)! : Volatile.Read(ref _names[number]);

    /// <summary>True for what is no metric, but of how something came.</summary>
    public bool IsCourse(ushort number) => number >= FirstOther && NameOf(number)[0] == HistorySample.CourseMark;

    public static bool IsIndex(string name) => MetricCatalog.ByName.TryGetValue(name, out var definition) && definition.IsIndex;

    public void Write(ByteWriter writer, ushort number)
    {
        if (number < FirstOther)
        {
            writer.Varint(number);
        }
        else
        {
            writer.Varint(MetricNumbers.Named);
            writer.Text(NameOf(number));
        }
    }

    /// <summary>What to read of one metric. A query gives no numbers to names.</summary>
    public MetricFilter FilterOf(string name) => new(name, Find(name) ?? Unnumbered);

    /// <summary>Reads a metric's name: its number, null when it is not the wanted one.</summary>
    public ushort? Read(ref ByteReader reader, MetricFilter only)
    {
        var number = reader.Varint();
        if (number == MetricNumbers.Named)
        {
            return string.Equals(reader.Text(), only.Name, StringComparison.Ordinal) ? only.Number : null;
        }

        return MetricNumbers.Name(number) is null ? throw reader.Wrong($"a metric has the unknown number {number}") : number == only.Number ? only.Number : null;
    }

    /// <exception cref="InvalidOperationException">The files hold more names than this process may number.</exception>
    public ushort Read(ref ByteReader reader)
    {
        var number = reader.Varint();
        return number == MetricNumbers.Named
            ? Numbered(reader.Text())
            : MetricNumbers.Name(number) is not null ? (ushort)number : throw reader.Wrong($"a metric has the unknown number {number}");
    }

    private ushort Numbered(string name) => NumberOf(name) is var number && number != None
        ? number
        : throw new InvalidOperationException($"History holds more than {MaximumOthers} names of metrics that are not canonical.");

    private ushort Add(string name)
    {
        lock (_gate)
        {
            if (_others.TryGetValue(name, out var number))
            {
                return number;
            }

            if (_count == MaximumOthers)
            {
                return None;
            }

            number = (ushort)(FirstOther + _count++);
            Volatile.Write(ref _names[number], name);
            _others[name] = number;
            return number;
        }
    }
}

/// <summary>The one metric that is wanted.</summary>
internal readonly record struct MetricFilter(string Name, ushort Number);
