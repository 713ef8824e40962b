using Grid.Contracts.Devices;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Sectors;

/// <summary>Devices that have lost memory: what they miss is handed to them again, from the log.</summary>
internal sealed partial class SectorApplier
{
    /// <summary>Persists a device, and first hands it again what it lost since, if its process died alone.</summary>
    public ValueTask SaveAsync(SectorDevice device)
    {
        var expected = device.Offset;
        ValueTask<LogPosition> saving;
        try
        {
            saving = device.GrainBy(grains).Save();
        }
        catch (Exception exception)
        {
            // One that throws at once fails like one that throws later.
            return ValueTask.FromException(exception);
        }

        return saving.IsCompletedSuccessfully ? CompleteAsync(device, saving.Result, expected) : CompleteAfterAsync(device, saving, expected);
    }

    private async ValueTask CompleteAfterAsync(SectorDevice device, ValueTask<LogPosition> saving, long expected) =>
        await CompleteAsync(device, await saving, expected);

    private ValueTask CompleteAsync(SectorDevice device, LogPosition at, long expected) =>
        at.Offset < expected && (at.Sector == sector || at.Sector.Length == 0) ? SaveAgainAsync(device, at.Offset, expected) : ValueTask.CompletedTask;

    private async ValueTask SaveAgainAsync(SectorDevice device, long deviceOffset, long expected)
    {
        await HandAgainAsync(device, deviceOffset, expected);
        await device.GrainBy(grains).Save();
    }

    private async ValueTask<DeviceOutcome> CatchDeviceUpAsync(SectorDevice device, LogEntry entry, long offset, long deviceOffset) =>
        await ApplyToAsync(device, entry, offset, await HandAgainAsync(device, deviceOffset, offset - 1));

    /// <summary>Hands a device that has lost memory what the log has for it after its offset; answers where it is then.</summary>
    private async Task<long> HandAgainAsync(SectorDevice device, long deviceOffset, long upTo)
    {
        meter.DeviceBehind();
        LogDeviceBehind(logger, sector, device.Id, deviceOffset, upTo);
        await foreach (var batch in log.ReadAsync(sector, deviceOffset, CancellationToken.None))
        {
            for (var index = 0; index < batch.Entries.Length; index++)
            {
                var at = batch.FirstOffset + index;
                var missed = batch.Entries[index];
                if (at > deviceOffset && at <= upTo && (missed.Device == device.Id || missed.Device == device.Follows || missed is ParametersEntry or RulesEntry or RulesLookEntry))
                {
                    missed = missed is RegisteredEntry registered ? WithDefaults(registered, at) : missed;
                    deviceOffset = (await ApplyToAsync(device, missed, at, deviceOffset)).Offset;
                }
            }
        }

        return deviceOffset;
    }

    /// <summary>What the device answers once it has what it misses.</summary>
    private ValueTask<DeviceOutcome> CompleteAsync(SectorDevice device, LogEntry entry, long offset, DeviceOutcome outcome) => outcome.Disposition switch
    {
        Disposition.Behind => CatchDeviceUpAsync(device, entry, offset, outcome.Offset),
        Disposition.LacksRules => ApplyToAsync(device, entry, offset, device.Offset),
        _ => ValueTask.FromResult(outcome),
    };

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Sector {Sector}: device {Device} is at {DeviceOffset} and was at {Expected}; it is caught up from the log")]
    private static partial void LogDeviceBehind(ILogger logger, string sector, string device, long deviceOffset, long expected);
}
