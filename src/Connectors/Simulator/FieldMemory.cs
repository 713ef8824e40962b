using System.Globalization;
using System.Text;

namespace Grid.Connectors.Simulator;

/// <summary>
/// What lamps in the field keep while Grid is down: what they were told, and their counters at that moment. An append-only text file, the newest line of a lamp counts;
/// rewritten when it is mostly old. A line that a kill cut short is left out.
/// </summary>
/// <param name="path">The file; made when there is something to keep.</param>
public sealed class FieldMemory(string path)
{
    private const string Header = "grid-simulator-field 1";
    private const int LinesBeforeRewriting = 10_000;
    private const int OldLinesForOne = 4;

    private readonly Dictionary<string, LampMemory> _lamps = new(StringComparer.Ordinal);
    private int _lines;

    /// <summary>Lamps that keep something.</summary>
    public IReadOnlyDictionary<string, LampMemory> Lamps => _lamps;

    /// <summary>Reads what was kept.</summary>
    /// <exception cref="FormatException">The file is of another kind or version; it is left as it is.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _lamps.Clear();
        _lines = 0;
        if (!File.Exists(path)) return;
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var lines = text.Split('\n');
        if (lines[0] != Header) throw new FormatException($"{path} does not begin with '{Header}'");
        // What follows the last line feed was cut short.
        foreach (var line in lines[1..^1])
        {
            _lines++;
            if (TryParse(line, out var id, out var lamp)) _lamps[id] = lamp;
        }

        // So that the next line does not continue the one that was cut short.
        if (lines[^1].Length > 0) await RewriteAsync(cancellationToken);
    }

    /// <summary>Keeps lamps; they are in the file when it completes.</summary>
    public async Task KeepAsync(IReadOnlyList<(string Id, LampMemory Lamp)> lamps, CancellationToken cancellationToken)
    {
        foreach (var (id, lamp) in lamps) _lamps[id] = lamp;
        if (_lines + lamps.Count > Math.Max(LinesBeforeRewriting, OldLinesForOne * _lamps.Count) || !File.Exists(path))
        {
            await RewriteAsync(cancellationToken);
            return;
        }

        await File.AppendAllTextAsync(path, Text(lamps), cancellationToken);
        _lines += lamps.Count;
    }

    private async Task RewriteAsync(CancellationToken cancellationToken)
    {
        var fresh = path + ".new";
        await File.WriteAllTextAsync(fresh, $"{Header}\n{Text(_lamps.Select(lamp => (lamp.Key, lamp.Value)))}", cancellationToken);
        File.Move(fresh, path, overwrite: true);
        _lines = _lamps.Count;
    }

    private static string Text(IEnumerable<(string Id, LampMemory Lamp)> lamps)
    {
        var text = new StringBuilder();
        foreach (var (id, lamp) in lamps)
        {
            text.Append(CultureInfo.InvariantCulture, $"{id}\t{lamp.Version}\t{lamp.From:R}\t{lamp.Until:R}\t{lamp.Level:R}\t{lamp.BurningSeconds:R}\t{lamp.WattSeconds:R}\n");
        }

        return text.ToString();
    }

    private static bool TryParse(string line, out string id, out LampMemory lamp)
    {
        var cells = line.Split('\t');
        (id, lamp) = (cells[0], default);
        if (cells.Length != 7 || !long.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return false;
        Span<double> numbers = stackalloc double[5];
        for (var index = 0; index < numbers.Length; index++)
        {
            if (!double.TryParse(cells[index + 2], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[index])) return false;
        }

        lamp = new LampMemory(version, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        return true;
    }
}

/// <summary>What a lamp keeps of its last command. Seconds count from the simulator's origin.</summary>
/// <param name="Version">Version of the desired state that it obeys.</param>
/// <param name="From">Since when.</param>
/// <param name="Until">Until when; infinite for ever, and <paramref name="From"/> when it follows its program.</param>
/// <param name="Level">Level, 0 to 1.</param>
/// <param name="BurningSeconds">Its burning time at that moment.</param>
/// <param name="WattSeconds">Its energy at that moment.</param>
public readonly record struct LampMemory(long Version, double From, double Until, double Level, double BurningSeconds, double WattSeconds);
