using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Grains.History;

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
    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _refused;

    internal ReadingIntake(DeviceDirectory directory, LogWriter writer, HistoryFeed history, IntakeGate gate, TimeProvider clock)
    {
        (_directory, _writer, _history, _gate, _clock) = (directory, writer, history, gate, clock);
        _accepted = _meter.CreateCounter<long>("grid.intake.readings.accepted", "{reading}", "Readings durable in the log");
        _rejected = _meter.CreateCounter<long>("grid.intake.readings.rejected", "{reading}", "Readings rejected, by field");
        _refused = _meter.CreateCounter<long>("grid.intake.batches.refused", "{batch}", "Batches refused, by sender and reason: starting, waiting (for the sectors), history (too far behind), log, storage (out of reach)");
    }

    /// <inheritdoc />
    public async ValueTask<IntakeResult> SubmitAsync(IReadOnlyList<IncomingReading> readings, IntakeClass sender, CancellationToken cancellationToken)
    {
        if (!_directory.Loaded.IsCompletedSuccessfully)
        {
            return Refuse(sender, "starting", RetryAfterOverload);
        }

        var admission = AdmissionOf(sender);
        if (_writer.Load > admission)
        {
            return Refuse(sender, "waiting", RetryAfterOverload);
        }

        if (_history.Load > admission)
        {
            return Refuse(sender, "history", RetryAfterOverload);
        }

        await _gate.EnterAsync();
        try
        {
            var now = Truncate(_clock.GetUtcNow());
            var rejected = ImmutableArray.CreateBuilder<Rejection>();
            var batches = Sort(readings, now, rejected);
            if (batches.Length > 0)
            {
                await _writer.AppendAsync(batches, cancellationToken);
            }

            var accepted = readings.Count - rejected.Count;
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
    private ImmutableArray<SectorEntries> Sort(IReadOnlyList<IncomingReading> readings, DateTimeOffset now, ImmutableArray<Rejection>.Builder rejected)
    {
        var sectors = new Dictionary<string, ImmutableArray<LogEntry>.Builder>(StringComparer.Ordinal);
        foreach (var reading in readings)
        {
            var address = _directory.Find(reading.Device);
            var fault = address is null
                ? new Rejection(reading.Index, reading.Device, "device", "is not registered")
                : ReadingRules.Check(reading, now);
            if (fault is not null)
            {
                rejected.Add(fault);
                _rejected.Add(1, new KeyValuePair<string, object?>("field", fault.Field.StartsWith("metrics", StringComparison.Ordinal) ? "metrics" : fault.Field));
                continue;
            }

            if (!sectors.TryGetValue(address!.Sector, out var entries))
            {
                sectors.Add(address.Sector, entries = ImmutableArray.CreateBuilder<LogEntry>());
            }

            entries.Add(new ReadingEntry
            {
                Device = reading.Device,
                ReceivedAt = now,
                ObservedAt = reading.Time is { } time ? Truncate(time) : now,
                Session = reading.Session,
                Sequence = reading.Sequence,
                Metrics = reading.Metrics,
            });
        }

        return [.. sectors.Select(sector => new SectorEntries(sector.Key, sector.Value.DrainToImmutable()))];
    }

    private IntakeResult Refuse(IntakeClass sender, string reason, TimeSpan retryAfter)
    {
        _refused.Add(1, new KeyValuePair<string, object?>("sender", sender.ToString()), new KeyValuePair<string, object?>("reason", reason));
        return new IntakeResult { Accepted = 0, Rejected = [], RetryAfter = retryAfter };
    }
}
