using Grid.Client.Collection;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;

namespace Grid.Client.Open311;

/// <summary>A device near a place.</summary>
/// <param name="Device">The device.</param>
/// <param name="Metres">How far it is.</param>
/// <param name="Status">How it is.</param>
internal sealed record NearDevice(DeviceDescriptor Device, double Metres, DeviceStatus Status);

/// <summary>What is at a place that a citizen has told: the nearest device of a kind, and the commune. Persons' devices are never found.</summary>
internal sealed class ReportPlace(IDeviceRegistry registry, ITerritoryTable table, IGridGrains grains)
{
    /// <summary>The commune is that of the nearest device within this distance, of whatever kind; else the one whose middle is nearest.</summary>
    public const double CommuneMetres = 500;

    /// <summary>Farther from the middle of every commune there is none.</summary>
    public const double FarthestMetres = 15_000;

    private const int MaximumDevices = 2_000;
    private const double MetresOfDegree = 111_195;
    private const double PolarDegrees = 89;

    /// <summary>The nearest device of a kind within a distance; null when there is none.</summary>
    public async Task<NearDevice?> NearestAsync(GeoPoint place, DeviceKind kind, double within, CancellationToken cancellationToken)
    {
        if (await NearestAsync(place, (DeviceKinds)(1 << (int)kind), within, cancellationToken) is not { } record)
        {
            return null;
        }

        var glance = (await grains.Sector(record.Sector).GetGlances([record.Descriptor.Id]))[0];
        return new(record.Descriptor, MetresTo(place, record), glance?.Status ?? DeviceStatus.Unknown);
    }

    /// <summary>The commune of a place; null when it is far from all.</summary>
    public async Task<string?> CommuneOfAsync(GeoPoint place, CancellationToken cancellationToken)
    {
        if (await NearestAsync(place, DeviceKinds.All, CommuneMetres, cancellationToken) is { } record)
        {
            return record.Descriptor.Commune;
        }

        var nearest = table.Communes.MinBy(commune => RoundRoute.Metres(place, new(commune.Longitude, commune.Latitude)));
        return nearest is not null && RoundRoute.Metres(place, new(nearest.Longitude, nearest.Latitude)) <= FarthestMetres ? nearest.InseeCode : null;
    }

    /// <summary>A box around a place that holds everything within a distance.</summary>
    internal static BoundingBox Around(GeoPoint place, double metres)
    {
        var height = metres / MetresOfDegree * 1.01;
        var width = height / Math.Cos(Math.Min(PolarDegrees, Math.Abs(place.Latitude) + height) * Math.PI / 180);
        return new(Wrap(place.Longitude - width), Math.Max(-90, place.Latitude - height), Wrap(place.Longitude + width), Math.Min(90, place.Latitude + height));
    }

    private static double Wrap(double longitude) => longitude < -180 ? longitude + 360 : longitude > 180 ? longitude - 360 : longitude;

    private static double MetresTo(GeoPoint place, DeviceRecord record) => RoundRoute.Metres(place, record.Descriptor.Position!.Value);

    private async Task<DeviceRecord?> NearestAsync(GeoPoint place, DeviceKinds kinds, double within, CancellationToken cancellationToken)
    {
        var found = await registry.ListAsync(new DeviceQuery { Kinds = kinds, Box = Around(place, within), Limit = MaximumDevices }, cancellationToken);
        return found
            .Where(record => record.Descriptor.Position is not null && PersonalData.SubscriberOf(record.Descriptor) is null && MetresTo(place, record) <= within)
            .MinBy(record => MetresTo(place, record));
    }
}
