using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Alarms;
using Grid.Grains.Alarms.Settings;
using Grid.Grains.Intake;
using Grid.Grains.Parameters;
using Orleans;

namespace Grid.Grains.Sectors;

/// <summary>
/// Looks at what the territories of a sector give to its devices and to its alarms. What is new goes into the log of the sector as one entry, by which its devices follow in the order of
/// everything else.
/// </summary>
internal sealed class ParameterLook(string sector, IGrainFactory grains, TerritoryParameters territory, IDeviceRegistry registry, LogWriter writer, SectorOptions options)
{
    /// <summary>Registrations that are appended together.</summary>
    private const int RegistrationsAtOnce = 500;

    private const int Page = 5_000;

    private readonly string _commune = SectorMap.CommuneOf(sector);
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;
    private DateOnly _day;
    private bool _isDue = true;
    private bool _isLooking;

    // What it has put into the log last, which may come back later than the next look; default before.
    private ImmutableArray<ParameterSet> _put;
    private bool _isUnsure;

    /// <summary>Something may have changed.</summary>
    public void Hint() => _isDue = true;

    /// <summary>True when it is time to look: after a hint, when a local day has begun, and every hour.</summary>
    public bool IsDue(DateTimeOffset now) => _isDue || territory.DayAt(_commune, now) != _day || now - _lookedAt >= options.LookEvery || now < _lookedAt;

    /// <summary>Looks. A hint that comes meanwhile is another look, at its end.</summary>
    public async Task LookAsync(SectorBook book, SectorAlarms alarms, TimeProvider clock)
    {
        if (_isLooking)
        {
            return;
        }

        _isLooking = true;
        try
        {
            do
            {
                await LookOnceAsync(book, alarms, DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()));
            }
            while (_isDue);
        }
        finally
        {
            _isLooking = false;
        }
    }

    private async Task LookOnceAsync(SectorBook book, SectorAlarms alarms, DateTimeOffset now)
    {
        var day = territory.DayAt(_commune, now);
        _isDue = false;
        try
        {
            var given = ParameterResolution.Given(await territory.GiversAsync(grains, _commune, day));
            if (_isUnsure || !ParameterSets.AreEqual(given, _put.IsDefault ? book.Parameters.Newest : _put))
            {
                await RegisterAgainAsync(book, now);

                // An append that fails may have been made.
                _isUnsure = true;
                await writer.AppendAsync([new SectorEntries(sector, [new ParametersEntry { Device = string.Empty, ReceivedAt = now, Defaults = given }])], CancellationToken.None);
                (_put, _isUnsure) = (given, false);
            }

            var settings = AlarmSettingResolution.Given(await territory.AlarmGiversAsync(grains, _commune, day));
            if (!settings.SequenceEqual(alarms.Settings))
            {
                await writer.AppendAsync([new SectorEntries(sector, [new AlarmSettingsEntry { Device = string.Empty, ReceivedAt = now, Settings = settings }])], CancellationToken.None);
            }

            (_lookedAt, _day) = (now, day);
        }
        catch
        {
            _isDue = true;
            throw;
        }
    }

    /// <summary>
    /// A device that was registered before there were defaults did not note which parameters it says itself. Once, before the first defaults of its sector, it is told its
    /// registration again. Only those that are in the books: one that is on its way here is told when it comes.
    /// </summary>
    private async Task RegisterAgainAsync(SectorBook book, DateTimeOffset now)
    {
        if (book.Devices.All(device => device.HasNotedOwn))
        {
            return;
        }

        var query = new DeviceQuery { Communes = [(_commune, DeviceKinds.All)], Limit = Page };
        ImmutableArray<DeviceRecord> page;
        do
        {
            page = await registry.ListAsync(query, CancellationToken.None);
            var again = page.Where(record => record.Sector == sector && book.Find(record.Descriptor.Id) is { HasNotedOwn: false } device && device.Kind == record.Descriptor.Kind);
            foreach (var chunk in again.Chunk(RegistrationsAtOnce))
            {
                await writer.AppendAsync(
                    [
                        new SectorEntries(
                            sector,
                            [.. chunk.Select(record => new RegisteredEntry { Device = record.Descriptor.Id, ReceivedAt = now, Descriptor = record.Descriptor, Revision = record.Revision })]),
                    ],
                    CancellationToken.None);
            }

            query = query with { After = page.IsEmpty ? null : page[^1].Descriptor.Id };
        }
        while (page.Length == Page);
    }
}
