using System.Globalization;
using System.Text.RegularExpressions;

namespace Grid.Tests.Operations;

/// <summary>
/// Reads what <c>strace -f -yy</c> saw and compares: an answer that acknowledges a reading leaves only after a sync of the log's file that
/// began when the reading's bytes had been written to it, and that has returned.
/// </summary>
internal sealed partial class SyscallTrace
{
    private readonly Dictionary<string, string> _unfinished = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _askedOn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _syncBegan = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string File, long At)> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _syncedUpTo = new(StringComparer.Ordinal);
    private long _now;

    /// <summary>Devices whose reading was acknowledged.</summary>
    public HashSet<string> Acknowledged { get; } = new(StringComparer.Ordinal);

    /// <summary>Devices whose acknowledgement left too early, with what is wrong.</summary>
    public List<string> Violations { get; } = [];

    /// <param name="lines">The trace, in its order.</param>
    public static SyscallTrace Read(IEnumerable<string> lines)
    {
        var trace = new SyscallTrace();
        foreach (var line in lines)
        {
            trace.Take(line);
        }

        return trace;
    }

    [GeneratedRegex(@"^(?<process>\d+)\s+(?:<\.\.\. (?<resumed>\w+) resumed>|(?<call>\w+)\()(?<rest>.*)$")]
    private static partial Regex Line();

    [GeneratedRegex("^(?<descriptor>\\d+)<(?<name>[^>]*(?:->[^>]*)?)>")]
    private static partial Regex Descriptor();

    [GeneratedRegex("TRACED-[0-9]+")]
    private static partial Regex Device();

    private void Take(string line)
    {
        if (Line().Match(line) is not { Success: true } match)
        {
            return;
        }

        _now++;
        var process = match.Groups["process"].Value;
        var rest = match.Groups["rest"].Value;
        if (match.Groups["resumed"].Success)
        {
            // What a call was given stands where it began, what it brought where it returned.
            if (_unfinished.Remove(process, out var began))
            {
                Returned(match.Groups["resumed"].Value, began + rest, process);
            }

            return;
        }

        var call = match.Groups["call"].Value;
        Begins(call, rest, process);
        if (rest.EndsWith("<unfinished ...>", StringComparison.Ordinal))
        {
            _unfinished[process] = rest[..^"<unfinished ...>".Length];
        }
        else
        {
            Returned(call, rest, process);
        }
    }

    private void Begins(string call, string rest, string process)
    {
        switch (call)
        {
            case "fdatasync" or "fsync":
                _syncBegan[process] = _now;
                break;
            case "sendto" or "sendmsg" or "write" or "writev":
                Answers(rest);
                break;
        }
    }

    private void Returned(string call, string rest, string process)
    {
        if (Descriptor().Match(rest) is not { Success: true } descriptor)
        {
            return;
        }

        var name = descriptor.Groups["name"].Value;
        switch (call)
        {
            case "pwrite64" or "pwritev" or "pwritev2" or "write" or "writev" when name.EndsWith(".log", StringComparison.Ordinal):
                foreach (Match device in Device().Matches(rest))
                {
                    _written[device.Value] = (name, _now);
                }

                break;
            case "fdatasync" or "fsync" when rest.TrimEnd().EndsWith("= 0", StringComparison.Ordinal):
                _syncedUpTo[name] = Math.Max(_syncedUpTo.GetValueOrDefault(name), _syncBegan.GetValueOrDefault(process));
                break;
            case "recvfrom" or "recvmsg" or "read" or "readv" when Device().Match(rest) is { Success: true } asked:
                _askedOn[descriptor.Groups["descriptor"].Value] = asked.Value;
                break;
        }
    }

    /// <summary>An answer begins to leave on a connection: it acknowledges what was asked on it last.</summary>
    private void Answers(string rest)
    {
        if (!rest.Contains("HTTP/1.1 200", StringComparison.Ordinal)
            || Descriptor().Match(rest) is not { Success: true } descriptor
            || !_askedOn.Remove(descriptor.Groups["descriptor"].Value, out var device))
        {
            return;
        }

        Acknowledged.Add(device);
        if (!_written.TryGetValue(device, out var written))
        {
            Violations.Add($"{device} was acknowledged and never written to the log before");
        }
        else if (_syncedUpTo.GetValueOrDefault(written.File) <= written.At)
        {
            Violations.Add(string.Create(CultureInfo.InvariantCulture, $"{device} was acknowledged at line {_now}, was written at line {written.At}, and no sync that began after that had returned"));
        }
    }
}
