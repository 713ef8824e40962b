using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Contracts.Sectors;
using Grid.Contracts.Territories;
using Grid.Contracts.Zones;
using Grid.Grains.Devices;

namespace Grid.Grains.Sectors;

/// <summary>What others see of a sector: its sum, its devices, what changed since, and who watches.</summary>
public sealed partial class SectorGrain
{
    public ValueTask<SectorPartial> GetPartial() => new(Partial());

    public async Task<SectorChanges> GetChanges(SectorVersion? since, DeviceFilter filter, int limit)
    {
        var isSnapshot = since is not { } version || version.Sector != _sector || version.Epoch != _epoch
            || version.Offset > _book.Offset || version.Offset < _book.ChangesKnownFrom || _book.HasReturnedSince(version.Offset);
        var after = isSnapshot ? -1 : since!.Value.Offset;
        var (chosen, reached) = filter.OnlyAlarms ? ([], _book.Offset) : Choose(after, filter, isSnapshot ? int.MaxValue : Math.Max(1, limit));
        var devices = ImmutableArray.CreateBuilder<DeviceChange>(chosen.Count);
        foreach (var device in chosen)
        {
            devices.Add(new DeviceChange
            {
                Id = device.Id,
                Kind = device.Kind,
                Position = Shows(device, filter) ? device.Position : null,
                Status = device.Contribution.Status,
                Metrics = Shows(device, filter) ? await device.GrainBy(GrainFactory).GetMetrics(isSnapshot ? 0 : after) : [],
            });
        }

        return new SectorChanges
        {
            Version = new SectorVersion(_sector, _epoch, reached),
            IsSnapshot = isSnapshot,
            IsComplete = reached == _book.Offset,
            Devices = devices.MoveToImmutable(),
            Alarms = _alarms.ChangedAfter(after, reached, filter.Kinds),
            Removed = isSnapshot || filter.OnlyAlarms ? [] : [.. _book.Tombstones.Where(tombstone => tombstone.Offset > after && _book.Find(tombstone.Device) is null).Select(tombstone => tombstone.Device).Distinct()],
        };
    }

    public ValueTask<ImmutableArray<DeviceGlance?>> GetGlances(ImmutableArray<string> devices) => new(
        [.. devices.Select(id => _book.Find(id) is { } device ? Glance(device) : (DeviceGlance?)null)]);

    private static DeviceGlance Glance(SectorDevice device) =>
        new(device.Contribution.Status, device.LastHeardAt) { ExpectedSince = device.ExpectedSince, SilentAfter = device.SilentAfter, Interval = TimeSpan.FromMinutes(device.IntervalMinutes) };

    public ValueTask<ImmutableArray<ZonePartial>> GetWaterZones(int day)
    {
        var calendar = calendars.OfCommune(SectorMap.CommuneOf(_sector));
        var local = calendar.OfNumber(day);
        return new(_book.Zones.On(local, calendar.OfNumber(day - 1), _book.AsOf, clock.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    public Task Watch(ISectorObserver observer)
    {
        _observers.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public Task Unwatch(ISectorObserver observer)
    {
        _observers.Unsubscribe(observer);
        return Task.CompletedTask;
    }

    public Task Announce(CommandView command) => _observers.Notify(observer => observer.OnCommand(command));

    public ValueTask<ImmutableArray<ParameterSet>> GetParameters() => new(_book.Parameters.At(_book.Offset));

    /// <summary>The devices to show, and the offset up to which they are complete: devices that changed together stay together.</summary>
    private (List<SectorDevice> Devices, long Reached) Choose(long after, DeviceFilter filter, int limit)
    {
        var chosen = new List<SectorDevice>();
        foreach (var device in _book.ChangedAfter(after))
        {
            if (chosen.Count >= limit && device.ChangedAt > chosen[^1].ChangedAt)
            {
                return (chosen, chosen[^1].ChangedAt);
            }

            if ((filter.Kinds & (DeviceKinds)(1 << (int)device.Kind)) != 0
                && (filter.Box is not { } box || (Shows(device, filter) && device.Position is { } position && box.Contains(position))))
            {
                chosen.Add(device);
            }
        }

        return (chosen, _book.Offset);
    }

    /// <summary>True when the reader may see where the device stands and what it reports: of a person's device, only one who asks for personal data.</summary>
    private static bool Shows(SectorDevice device, DeviceFilter filter) => device.Subscriber is null || filter.IncludesPersonal;

    /// <summary>The sum as of now; the same object while nothing is new, so that who holds it already sees that at once.</summary>
    private SectorPartial Partial()
    {
        var figures = _book.ToFigures();
        if (_partial is not { } partial || partial.Version.Offset != _book.Offset || partial.AsOf != _book.AsOf || !ReferenceEquals(partial.Figures, figures))
        {
            _partial = partial = new SectorPartial { Version = new SectorVersion(_sector, _epoch, _book.Offset), AsOf = _book.AsOf, Figures = figures, IsBehind = IsBehind };
        }

        return partial;
    }
}
