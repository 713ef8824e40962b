using System.Globalization;
using System.Text;
using Grid.Storage.Codec;

namespace Grid.Storage.Keys;

/// <summary>A key that was destroyed.</summary>
/// <param name="Key">Its id: random, and so no personal data.</param>
/// <param name="Pseudonym">Pseudonym of the subscriber, which only the master key can make.</param>
/// <param name="Slot">Its place in the file of keys then.</param>
/// <param name="At">When.</param>
internal readonly record struct Erasure(ulong Key, UInt128 Pseudonym, int Slot, DateTimeOffset At);

/// <summary>
/// Every key that was destroyed, one line each, in two files: with the data and with the keys. Whichever of the two an operator brings back from an older
/// backup, the other one still says what must stay erased. The first line names the master key, so that data without their keys are noticed.
/// </summary>
internal sealed class ErasureRegister
{
    public const string FileName = "erasures";

    private const string Prefix = "grid-erasures 1 ";

    private readonly string[] _paths;
    private readonly Dictionary<ulong, Erasure> _erasures = [];

    private ErasureRegister(string[] paths) => _paths = paths;

    /// <summary>Every destroyed key by its id.</summary>
    public IReadOnlyDictionary<ulong, Erasure> Erasures => _erasures;

    /// <summary>Id of the master key that the data were sealed with, as the data say it, or else the keys; null when nothing ever was.</summary>
    public string? Master { get; private set; }

    /// <summary>The register of a data directory and of a directory of keys; both files are made equal by <see cref="Write"/>.</summary>
    /// <exception cref="StoreDamagedException">A line is not what was written.</exception>
    public static ErasureRegister Load(string dataDirectory, string keysDirectory) =>
        Load([Path.Combine(dataDirectory, FileName), Path.Combine(keysDirectory, FileName)]);

    /// <summary>The register of the files, those that are there.</summary>
    /// <exception cref="StoreDamagedException">A line is not what was written.</exception>
    public static ErasureRegister Load(params string[] paths)
    {
        var register = new ErasureRegister(paths);
        foreach (var path in register._paths.Where(File.Exists))
        {
            register.Read(path);
        }

        return register;
    }

    /// <summary>Adds what another register says: of the same master key.</summary>
    /// <exception cref="StoreDamagedException">A line is not what was written, or it is of another master key.</exception>
    public void Merge(string path)
    {
        var other = new ErasureRegister([]);
        other.Read(path);
        if (Master is { } master && other.Master != master)
        {
            throw new StoreDamagedException(path, $"it is the register of the data that were sealed with the master key {other.Master}, and these were with {master}");
        }

        Master ??= other.Master;
        foreach (var erasure in other._erasures.Values)
        {
            _erasures[erasure.Key] = erasure;
        }
    }

    /// <summary>A register that is nowhere.</summary>
    public static ErasureRegister InMemory() => new([]);

    /// <summary>Adds destroyed keys; durable in both files when it returns.</summary>
    public void Add(string master, IReadOnlyList<Erasure> erasures)
    {
        foreach (var erasure in erasures)
        {
            _erasures[erasure.Key] = erasure;
        }

        Write(master);
    }

    /// <summary>Writes both files whole: erasures are rare, and few beside the keys.</summary>
    public void Write(string master)
    {
        Master = master;
        var text = new StringBuilder(Prefix).Append(master).Append('\n');
        foreach (var erasure in _erasures.Values.OrderBy(erasure => erasure.At).ThenBy(erasure => erasure.Key))
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{erasure.Key:x16} {erasure.Pseudonym:x32} {erasure.Slot} {erasure.At.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
            text.Append(CultureInfo.InvariantCulture, $"{line} {Checksum.Of(Encoding.ASCII.GetBytes(line)):x8}\n");
        }

        var content = Encoding.ASCII.GetBytes(text.ToString());
        foreach (var path in _paths)
        {
            KeyFiles.WriteWhole(path, content);
        }
    }

    private void Read(string path)
    {
        var lines = File.ReadAllLines(path);
        if (lines.Length == 0 || !lines[0].StartsWith(Prefix, StringComparison.Ordinal))
        {
            throw new StoreDamagedException(path, "it is no register of erasures of this version");
        }

        Master ??= lines[0][Prefix.Length..];
        for (var number = 1; number < lines.Length; number++)
        {
            var parts = lines[number].Split(' ');
            if (parts.Length != 5
                || !ulong.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
                || !UInt128.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var pseudonym)
                || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var slot)
                || !DateTimeOffset.TryParse(parts[3], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                || parts[4] != Checksum.Of(Encoding.ASCII.GetBytes(string.Join(' ', parts[..4]))).ToString("x8", CultureInfo.InvariantCulture))
            {
                throw new StoreDamagedException(path, string.Create(CultureInfo.InvariantCulture, $"line {number + 1} is not what was written"));
            }

            _erasures[key] = new Erasure(key, pseudonym, slot, at);
        }
    }
}
