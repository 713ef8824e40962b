using System.Globalization;
using Grid.Silo.Maintenance;
using Grid.Storage;
using Grid.Storage.Checking;

namespace Grid.Tests.Host.Flips;

/// <summary>What became of the flipped bytes.</summary>
/// <param name="Rounds">Bytes that were flipped, each in a fresh copy.</param>
/// <param name="Refused">The program refused to open, with a message, and check explained it.</param>
/// <param name="Harmless">The program opened, and everything was there and right.</param>
/// <param name="ByFile">Rounds by file.</param>
/// <param name="Failures">What must not be: a crash without a message, a loss or a wrong answer that nothing told, a check that contradicts the program.</param>
public sealed record FlipOutcome(int Rounds, int Refused, int Harmless, IReadOnlyDictionary<string, int> ByFile, IReadOnlyList<string> Failures);

/// <summary>
/// Flips bytes at random in copies of data directories whose content is known, then checks and opens each copy. Allowed is: a refusal that names what is
/// wrong, or everything being there and right.
/// </summary>
/// <param name="templates">The directories; nobody uses them.</param>
/// <param name="seed">The same seed flips the same bytes.</param>
public sealed class FlipCampaign(IReadOnlyList<string> templates, int seed)
{
    /// <summary>Files that hold nothing but who uses the directory, and the token: a wrong token is refused by whoever is shown it.</summary>
    private static readonly string[] Apart = ["lock", "holder", "address", "admin-token"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, int> _byFile = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private int _refused;
    private int _harmless;

    /// <summary>Runs the rounds. Every file gets its turn, one after the other.</summary>
    public async Task<FlipOutcome> RunAsync(int rounds, Action<int>? done, CancellationToken cancellationToken)
    {
        var targets = new List<(string Template, string File, IReadOnlyList<string> Content)>();
        foreach (var template in templates)
        {
            var content = await WithCopyAsync(template, StoredContent.ReadAsync);
            targets.AddRange(Directory.EnumerateFiles(template, "*", SearchOption.AllDirectories)
                .Where(file => new FileInfo(file).Length > 0 && !file.EndsWith("-shm", StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(template, file))
                .Order(StringComparer.Ordinal)
                .Select(file => (template, file, content)));
        }

        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (template, file, content) = targets[round % targets.Count];
            _byFile[file] = _byFile.GetValueOrDefault(file) + 1;
            await WithCopyAsync(template, async copy =>
            {
                await RoundAsync(copy, file, content);
                return 0;
            });
            done?.Invoke(round + 1);
        }

        return new FlipOutcome(rounds, _refused, _harmless, _byFile, _failures);
    }

    private static async Task<T> WithCopyAsync<T>(string template, Func<string, Task<T>> use)
    {
        var copy = Directory.CreateTempSubdirectory("grid-flip-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(template, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
            {
                var target = Path.Combine(copy, Path.GetRelativePath(template, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            return await use(copy);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private async Task RoundAsync(string copy, string file, IReadOnlyList<string> content)
    {
        var path = Path.Combine(copy, file);
        var bytes = await File.ReadAllBytesAsync(path);
        var position = _random.NextInt64(bytes.Length);
        var mask = (byte)(_random.Next(2) == 0 ? 1 << _random.Next(8) : _random.Next(1, 256));
        bytes[position] ^= mask;
        await File.WriteAllBytesAsync(path, bytes);
        var name = string.Create(CultureInfo.InvariantCulture, $"{file} at byte {position}, mask {mask:x2}");

        var (isWhole, checkSays) = Check(copy);
        string? refusal = null;
        IReadOnlyList<string> found = [];
        try
        {
            found = await StoredContent.ReadAsync(copy);
        }
        catch (Exception error) when (error is DataDirectoryException or IOException && error.Message.Length > 0)
        {
            refusal = error.Message;
        }
        catch (Exception error)
        {
            _failures.Add($"{name}: the program crashed with {error.GetType().Name}: {error.Message}");
            return;
        }

        if (refusal is not null)
        {
            _refused++;
            if (isWhole)
            {
                _failures.Add($"{name}: the program refused ({refusal}), and check called it whole");
            }

            return;
        }

        if (!found.SequenceEqual(content, StringComparer.Ordinal))
        {
            var difference = content.Except(found, StringComparer.Ordinal).Concat(found.Except(content, StringComparer.Ordinal)).FirstOrDefault() ?? "the order";
            _failures.Add($"{name}: the program opened it with other content: {difference[..Math.Min(200, difference.Length)]}");
            return;
        }

        if (!isWhole && file.StartsWith("history/", StringComparison.Ordinal))
        {
            // The program verifies history where it is read, not at its start: that what is damaged is then refused is for the tests of the store itself.
            _refused++;
            return;
        }

        _harmless++;
        if (!isWhole && !Apart.Contains(file))
        {
            _failures.Add($"{name}: the program opened it and all was there, and check called it damaged: {checkSays}");
        }
    }

    private (bool IsWhole, string Says) Check(string copy)
    {
        try
        {
            var report = DirectoryCheck.Run(copy, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None);
            return (report.IsWhole, report.Findings.FirstOrDefault(finding => finding.Kind == FindingKind.Damage)?.What ?? "");
        }
        catch (DataDirectoryException refused)
        {
            return (false, refused.Message);
        }
        catch (Exception error)
        {
            _failures.Add($"check crashed with {error.GetType().Name}: {error.Message}");
            return (false, error.Message);
        }
    }
}
