using System.Globalization;
using System.Text;
using Grid.Connectors.Simulator.Programs;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator;

/// <summary>
/// What controllers in the field keep while Grid is down: their programs, what they were told, and their counters at that moment. An append-only text file, the newest
/// line of a controller counts; a program has one line, to which those of its controllers refer; rewritten when it is mostly old. A line that a kill cut short is left out.
/// </summary>
/// <param name="path">The file; made when there is something to keep.</param>
public sealed class FieldMemory(string path)
{
    private const string Header = "grid-simulator-field 2";

    // Lamps only, without programs; read, and written anew as the present one.
    private const string FormerHeader = "grid-simulator-field 1";
    private const string ProgramWord = "program";
    private const string NoProgram = "-";
    private const string NotHeld = "-";
    private const int NumbersOfLight = 7;
    private const int HeldCell = 4;
    private const int LinesBeforeRewriting = 10_000;
    private const int OldLinesForOne = 4;

    private readonly Dictionary<string, ControllerMemory> _controllers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<ControllerProgram, int> _numbersOfKnown = new(ReferenceEqualityComparer.Instance);
    private int _lines;

    /// <summary>Controllers that keep something.</summary>
    public IReadOnlyDictionary<string, ControllerMemory> Controllers => _controllers;

    /// <summary>Reads what was kept.</summary>
    /// <exception cref="FormatException">The file is of another kind or version; it is left as it is.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        _controllers.Clear();
        Forget();
        if (!File.Exists(path)) return;
        var text = await File.ReadAllTextAsync(path, cancellationToken);
        var lines = text.Split('\n');
        if (lines[0] is not (Header or FormerHeader)) throw new FormatException($"{path} does not begin with '{Header}'");
        var programs = new Dictionary<string, ControllerProgram>(StringComparer.Ordinal);
        // What follows the last line feed was cut short.
        foreach (var line in lines[1..^1])
        {
            _lines++;
            if (lines[0] == FormerHeader)
            {
                ReadLamp(line);
            }
            else
            {
                Read(line, programs);
            }
        }

        // So that the next line does not continue the one that was cut short, nor is one of this version in a file of the former.
        if (lines[^1].Length > 0 || lines[0] == FormerHeader) await RewriteAsync(cancellationToken);
    }

    /// <summary>Keeps controllers; they are in the file when it completes.</summary>
    public async Task KeepAsync(IReadOnlyList<(string Id, ControllerMemory Controller)> controllers, CancellationToken cancellationToken)
    {
        foreach (var (id, controller) in controllers) _controllers[id] = controller;
        if (_lines + controllers.Count > Math.Max(LinesBeforeRewriting, OldLinesForOne * _controllers.Count) || !File.Exists(path))
        {
            await RewriteAsync(cancellationToken);
            return;
        }

        await File.AppendAllTextAsync(path, Text(controllers), cancellationToken);
        _lines += controllers.Count;
    }

    private async Task RewriteAsync(CancellationToken cancellationToken)
    {
        // Programs that nobody runs any more are left out.
        Forget();
        var fresh = path + ".new";
        await File.WriteAllTextAsync(fresh, $"{Header}\n{Text(_controllers.Select(controller => (controller.Key, controller.Value)))}", cancellationToken);
        File.Move(fresh, path, overwrite: true);
        _lines = _controllers.Count;
    }

    private void Forget()
    {
        _numbers.Clear();
        _numbersOfKnown.Clear();
        _lines = 0;
    }

    private string Text(IEnumerable<(string Id, ControllerMemory Controller)> controllers)
    {
        var text = new StringBuilder();
        foreach (var (id, controller) in controllers)
        {
            var program = controller.Program is { } known ? NumberOf(known, text).ToString(CultureInfo.InvariantCulture) : NoProgram;
            text.Append(CultureInfo.InvariantCulture, $"{id}\t{controller.ProgramVersion}\t{program}");
            foreach (var light in controller.Lights)
            {
                text.Append(CultureInfo.InvariantCulture, $"\t{light.Version} {light.From:R} {light.Until:R} {light.Level:R} ");
                text.Append(light.Held?.ToString("R", CultureInfo.InvariantCulture) ?? NotHeld);
                text.Append(CultureInfo.InvariantCulture, $" {light.BurningSeconds:R} {light.WattSeconds:R}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The number of a program, whose line comes before those that refer to it.</summary>
    private int NumberOf(ControllerProgram program, StringBuilder text)
    {
        if (_numbersOfKnown.TryGetValue(program, out var number)) return number;
        var line = ProgramText.Of(program);
        if (!_numbers.TryGetValue(line, out number))
        {
            _numbers.Add(line, number = _numbers.Count + 1);
            text.Append(CultureInfo.InvariantCulture, $"{ProgramWord}\t{number}\t{line}\n");
        }

        _numbersOfKnown.Add(program, number);
        return number;
    }

    private void Read(string line, Dictionary<string, ControllerProgram> programs)
    {
        var cells = line.Split('\t');
        if (cells is [ProgramWord, var number, var text])
        {
            if (ProgramText.Parse(text) is not { } program || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var known)) return;
            programs[number] = program;
            _numbers[text] = known;
            _numbersOfKnown[program] = known;
            return;
        }

        if (cells.Length < 4 || !long.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return;
        var held = default(ControllerProgram);
        if (cells[2] != NoProgram && !programs.TryGetValue(cells[2], out held)) return;
        var lights = new LightMemory[cells.Length - 3];
        for (var index = 0; index < lights.Length; index++)
        {
            if (!TryParse(cells[index + 3].Split(' '), out lights[index])) return;
        }

        _controllers[cells[0]] = new ControllerMemory { ProgramVersion = version, Program = held, Lights = [.. lights] };
    }

    /// <summary>A line of the former version: the numbers of a lamp's light but for the level that it holds.</summary>
    private void ReadLamp(string line)
    {
        var cells = line.Split('\t');
        if (cells.Length == NumbersOfLight && TryParse([.. cells[1..5], NotHeld, .. cells[5..]], out var light)) _controllers[cells[0]] = new ControllerMemory { Lights = [light] };
    }

    private static bool TryParse(string[] cells, out LightMemory light)
    {
        light = default;
        if (cells.Length != NumbersOfLight || !long.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return false;
        Span<double> numbers = stackalloc double[NumbersOfLight];
        for (var index = 1; index < numbers.Length; index++)
        {
            if (!(index == HeldCell && cells[index] == NotHeld) && !double.TryParse(cells[index], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[index])) return false;
        }

        light = new LightMemory(version, numbers[1], numbers[2], numbers[3], cells[HeldCell] == NotHeld ? null : numbers[HeldCell], numbers[5], numbers[6]);
        return true;
    }
}
