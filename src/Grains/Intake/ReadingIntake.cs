using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Devices;
using Grid.Grains.History;
using Grid.Grains.Privacy;

namespace Grid.Grains.Intake;

/// <summary>The one door for readings: see <see cref="IIntake"/>.</summary>
public sealed class ReadingIntake : IIntake, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Grid.Intake";

    private static readonly TimeSpan RetryAfterOverload = TimeSpan.FromSeconds(1);

    private readonly DeviceDirectory _directory;
    private readonly LogWriter _writer;
    private readonly HistoryFeed _history;
    private readonly IntakeGate _gate;
    private readonly TimeProvider _clock;
    private readonly LocalCalendars _calendars;
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _reduced;

    internal ReadingIntake(DeviceDirectory directory, LogWriter writer, HistoryFeed history, IntakeGate gate, LocalCalendars calendars, TimeProvider clock)
    {
        (_directory, _writer, _history, _gate, _calendars, _clock) = (directory, writer, history, gate, calendars, clock);
        _accepted = _meter.CreateCounter<long>("grid.intake.readings.accepted", "{reading}", "Readings durable in the log");
        _rejected = _meter.CreateCounter<long>("grid.intake.readings.rejected", "{reading}", "Readings rejected, by field");
        _refused = _meter.CreateCounter<long>("grid.intake.batches.refused", "{batch}", "Batches refused, by sender and reason: starting, waiting (for the sectors), history (too far behind), log, storage (out of reach)");
        _reduced = _meter.CreateCounter<long>(
            "grid.intake.readings.reduced", "{reading}", "Readings of dwelling meters of which not everything was kept, by reason");
    }

    /// <inheritdoc />
    public TimeSpan? Refuses(IntakeClass sender) => ReasonToRefuse(sender) is { } reason ? Refuse(sender, reason, RetryAfterOverload).RetryAfter : null;

    /// <inheritdoc />
    public async ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken)
    {
        if (ReasonToRefuse(sender) is { } reason)
        {
            return Refuse(sender, reason, RetryAfterOverload);
        }

        await _gate.EnterAsync();
        try
        {
            var now = Truncate(_clock.GetUtcNow());
            var rejected = ImmutableArray.CreateBuilder<Rejection>();
            var batches = Sort(readings, now, rejected, out var accepted);
            if (batches.Length > 0)
            {
                await _writer.AppendAsync(batches, cancellationToken);
            }

            _accepted.Add(accepted, new KeyValuePair<string, object?>("sender", sender.ToString()));
            return new IntakeResult { Accepted = accepted, Rejected = rejected.DrainToImmutable() };
        }
        catch (LogOverloadedException overloaded)
        {
            return Refuse(sender, "log", overloaded.RetryAfter);
        }
        finally
        {
            _gate.Leave();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    private string? ReasonToRefuse(IntakeClass sender)
    {
        var admission = AdmissionOf(sender);
        return !_directory.Loaded.IsCompletedSuccessfully ? "starting"
            : _writer.Load > admission ? "waiting"
            : _writer.LogLoad > admission ? "log"
            : _history.Load > admission ? "history"
            : null;
    }

    /// <summary>The load up to which a sender is admitted: who cannot try again is shed last.</summary>
    private static double AdmissionOf(IntakeClass sender) => sender switch
    {
        IntakeClass.Simulator => 0.5,
        IntakeClass.Api => 0.8,
        IntakeClass.Integration => 1.0,
        _ => throw new ArgumentOutOfRangeException(nameof(sender), sender, "is no class of sender"),
    };

    private static DateTimeOffset Truncate(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());

    /// <summary>The good readings by sector, each sector's in the sender's order.</summary>
    private ImmutableArray<SectorEntries> Sort(
        IReadOnlyList<IncomingReading> readings, DateTimeOffset now, ImmutableArray<Rejection>.Builder rejected, out int accepted)
    {
        accepted = 0;
        var sectors = new Dictionary<string, ImmutableArray<LogEntry>.Builder>(StringComparer.Ordinal);
        foreach (var reading in readings)
        {
            var address = _directory.Find(reading.Device);
            if (address is not null && reading is IncomingFrame frame)
            {
                accepted += TakeFrame(frame, address, now, rejected, EntriesOf(address.Sector));
                continue;
            }

            var fault = address is null
                ? new Rejection(reading.Index, reading.Device, "device", "is not registered")
                : ReadingRules.Check(reading, now);
            var entry = fault is null ? EntryOf(reading, now) : null;
            if (entry is not null && address!.IsPersonal)
            {
                entry = Allow(entry, address, reading.Index, out fault);
            }

            if (fault is not null)
            {
                Reject(fault, rejected);
            }
            else
            {
                accepted++;
            }

            if (entry is not null)
            {
                EntriesOf(address!.Sector).Add(entry);
            }
        }

        return [.. sectors.Where(static sector => sector.Value.Count > 0).Select(sector => new SectorEntries(sector.Key, sector.Value.DrainToImmutable()))];

        ImmutableArray<LogEntry>.Builder EntriesOf(string sector)
        {
            if (!sectors.TryGetValue(sector, out var entries))
            {
                sectors.Add(sector, entries = ImmutableArray.CreateBuilder<LogEntry>());
            }

            return entries;
        }
    }

    /// <summary>
    /// The readings that a frame holds, by time. What is wrong with its own reading is wrong with all of it; what is wrong with another one costs that one. Where one reading a day may
    /// be kept, of each day only the last one is.
    /// </summary>
    /// <returns>How many were taken.</returns>
    private int TakeFrame(
        IncomingFrame frame, DeviceAddress address, DateTimeOffset now, ImmutableArray<Rejection>.Builder rejected, ImmutableArray<LogEntry>.Builder entries)
    {
        if (ReadingRules.Check(frame, now) is { } wrong)
        {
            Reject(wrong, rejected);
            return 0;
        }

        var readings = DayFrames.Expand(frame, _directory.IndexMaximumOf(frame.Device));
        var kept = new ReadingEntry?[readings.Length];
        var faults = new Rejection?[readings.Length];
        var dayAfter = default(DateTimeOffset?);
        for (var place = readings.Length - 1; place >= 0; place--)
        {
            faults[place] = ReadingRules.Check(readings[place], now);
            kept[place] = faults[place] is null ? EntryOf(readings[place], now) : null;
            if (kept[place] is { } entry && address.IsPersonal)
            {
                entry = Allow(entry, address, frame.Index, out faults[place]);
                var day = entry?.Personal?.Day;
                kept[place] = day is null || day != dayAfter ? entry : null;
                dayAfter = day ?? dayAfter;
                if (entry is not null && kept[place] is null)
                {
                    _reduced.Add(1, new KeyValuePair<string, object?>("reason", nameof(Allowance.Superseded)));
                }
            }
        }

        for (var place = 0; place < readings.Length; place++)
        {
            if (faults[place] is { } fault)
            {
                Reject(place == 0 ? fault : fault with { Field = DayFrames.FieldOf(frame, place) }, rejected);
            }
            else if (kept[place] is { } entry)
            {
                entries.Add(entry);
            }
        }

        return faults.Count(static fault => fault is null);
    }

    private void Reject(Rejection fault, ImmutableArray<Rejection>.Builder rejected)
    {
        rejected.Add(fault);

        // A metric's name comes from outside: as a tag it would be without bound.
        var end = fault.Field.IndexOf('.', StringComparison.Ordinal);
        _rejected.Add(1, new KeyValuePair<string, object?>("field", end < 0 ? fault.Field : fault.Field[..end]));
    }

    private static ReadingEntry EntryOf(IncomingReading reading, DateTimeOffset now) => new()
    {
        Device = reading.Device,
        ReceivedAt = now,
        ObservedAt = reading.Time is { } time ? Truncate(time) : now,
        Session = reading.Session,
        Sequence = reading.Sequence,
        Metrics = reading.Metrics,
    };

    /// <summary>What of a person's reading its legal basis allows to keep; null for nothing. What is left out is counted, and told when nothing is left.</summary>
    private ReadingEntry? Allow(ReadingEntry entry, DeviceAddress address, int index, out Rejection? fault)
    {
        fault = null;
        if (_directory.FindPersonal(entry.Device) is not { } device)
        {
            // Gone or changed since its address was read: what it may report is not known.
            fault = new Rejection(index, entry.Device, "device", "is being changed; send again");
            return null;
        }

        var allowance = device.Allow(entry, _calendars.OfCommune(SectorMap.CommuneOf(address.Sector)), out var kept);
        fault = allowance switch
        {
            Allowance.TooFine => new Rejection(index, entry.Device, $"metrics.{entry.Metrics[0].Name}", "is finer than the daily granularity that this dwelling meter's legal basis allows: not kept"),
            Allowance.NoConsent => new Rejection(index, entry.Device, "device", "rests on a consent that is not in force: not kept"),
            _ => null,
        };
        if (allowance != Allowance.Whole)
        {
            _reduced.Add(1, new KeyValuePair<string, object?>("reason", allowance.ToString()));
        }

        return kept;
    }

    private IntakeResult Refuse(IntakeClass sender, string reason, TimeSpan retryAfter)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("sender", sender.ToString()), new KeyValuePair<string, object?>("reason", reason));
        return new IntakeResult { Accepted = 0, Rejected = [], RetryAfter = retryAfter };
    }
}
