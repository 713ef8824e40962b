using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Intake;
using Grid.Grains.RollUp;

namespace Grid.Tests.City;

/// <summary>
/// After quiet, every commune's sum equals the fold of its devices' states and every body's the fold of its members' by competence and date;
/// whatever happened before: duplicates, reordering, replacement, removal, moves, changes of membership, midnight, and crashes.
/// </summary>
public sealed class InvariantTests
{
    private static readonly string[] Communes = ["29019", "29155", "29232"];
    private static readonly string[] Bodies = ["999000001", "999000002"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Sums_equal_the_fold_of_the_devices_after_any_history(int seed)
    {
        var random = new Random(seed);
        var city = await TestCity.StartAsync();
        try
        {
            await city.AddBodyAsync(Bodies[0], DeviceKinds.Streetlight | DeviceKinds.Cabinet, Communes);
            await city.AddBodyAsync(Bodies[1], DeviceKinds.All, Communes[0]);
            var sent = new List<IncomingReading>();
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(12))
                {
                    case 0 or 1 or 2:
                        await PutSomeAsync(city, random);
                        break;
                    case 3:
                        await city.RemoveAsync(Id(random));
                        break;
                    case 4:
                        await ChangeMembersAsync(city, random);
                        break;
                    case 5:
                        await city.PassAsync(TimeSpan.FromHours(random.Next(1, 9)));
                        break;
                    case 6:
                        await city.TryReportAsync([.. sent.OrderBy(_ => random.Next()).Take(10)]);
                        break;
                    case 7 when step % 3 == 0:
                        var crashed = await city.CrashAsync([.. Batch(city.Now, random)]);
                        await city.DisposeAsync();
                        city = crashed;
                        break;
                    default:
                        var batch = Batch(city.Now, random);
                        sent.AddRange(batch);
                        await city.TryReportAsync([.. batch, .. batch.Take(2)]);
                        break;
                }

                if (step % 10 == 9)
                {
                    await CheckAsync(city);
                }
            }
        }
        finally
        {
            await city.DisposeAsync();
        }
    }

    private static async Task CheckAsync(TestCity city)
    {
        await city.SettleAsync();
        var records = new List<DeviceRecord>();
        await foreach (var record in city.Get<IDeviceRegistry>().ReadAllAsync(CancellationToken.None))
        {
            records.Add(record);
        }

        var contributions = new List<(string Commune, Contribution Contribution)>();
        foreach (var record in records)
        {
            contributions.Add((record.Descriptor.Commune, await DeviceGrains.Get(city.Grains, record.Descriptor.Kind, record.Descriptor.Id).GetContribution()));
        }

        foreach (var commune in Communes)
        {
            AssertSame(Fold(contributions.Where(item => item.Commune == commune)), await city.FiguresAsync(city.Commune(commune)), commune);
        }

        AssertSame(Fold(contributions), await city.FiguresAsync(city.Department("29")), "department 29");
        var today = (await city.Department("29").GetSummary()).Today;
        var date = new DateOnly(1970, 1, 1).AddDays(today);
        foreach (var body in Bodies)
        {
            var members = await city.Get<IBodyRegistry>().GetMembersAsync(body, CancellationToken.None);
            var counted = contributions.Where(item => members.Any(member =>
                member.Commune == item.Commune && member.HoldsOn(date) && member.Kinds.HasFlag((DeviceKinds)(1 << (int)item.Contribution.Kind))));
            AssertSame(Fold(counted), await city.FiguresAsync(city.Body(body)), body);
        }
    }

    private static void AssertSame(TerritoryFigures expected, TerritoryFigures actual, string territory) =>
        Assert.True(FiguresComparison.AreEqual(expected, WithoutAlarms(actual)), $"{territory}: {Text(expected)} expected, {Text(actual)} found");

    /// <summary>Alarms are no contribution of a device: their counts are held against the sectors' lists elsewhere.</summary>
    private static TerritoryFigures WithoutAlarms(TerritoryFigures figures) => new()
    {
        Kinds = [.. figures.Kinds.Where(kind => kind.Total > 0).Select(kind => kind with { AlarmsUnacknowledged = 0, AlarmsAcknowledged = 0, AlarmsShelved = 0, AlarmStarts = [] })],
    };

    private static string Text(TerritoryFigures figures) => string.Join("; ", figures.Kinds.Select(kind => $"{kind} {string.Join(',', kind.ByStatus)} {string.Join(',', kind.Days)}"));

    private static TerritoryFigures Fold(IEnumerable<(string Commune, Contribution Contribution)> contributions)
    {
        var sum = new FiguresSum();
        foreach (var (_, contribution) in contributions)
        {
            sum.Add(contribution);
        }

        return sum.ToFigures();
    }

    private static Task PutSomeAsync(TestCity city, Random random)
    {
        var commune = Communes[random.Next(Communes.Length)];
        var number = random.Next(8);
        DeviceDescriptor[] devices = random.Next(5) switch
        {
            0 => [Say.Device($"C{number}", DeviceKind.Cabinet, commune)],
            1 => [Say.PassiveLamp($"P{number}", commune, $"C{random.Next(8)}", random.Next(1, 4))],
            2 => [Say.Lamp($"L{number}", commune), Say.Lamp($"L{number + 1}", commune)],
            3 => [Say.WaterMeter($"M{number}", commune)],
            _ => [Say.Device($"B{number}", random.Next(2) == 0 ? DeviceKind.Bin : DeviceKind.Building, commune)],
        };
        return city.TryPutAsync(devices);
    }

    private static string Id(Random random) => $"{"CPLMB"[random.Next(5)]}{random.Next(8)}";

    private static Task ChangeMembersAsync(TestCity city, Random random)
    {
        var body = Bodies[random.Next(Bodies.Length)];
        var today = DateOnly.FromDateTime(city.Now.UtcDateTime);
        return city.Get<IBodyRegistry>().PutMembersAsync(
            body,
            [
                .. Communes.Where(_ => random.Next(3) > 0).Select(commune => new Membership(
                    commune,
                    body,
                    random.Next(2) == 0 ? DeviceKinds.All : DeviceKinds.Streetlight | DeviceKinds.Meter,
                    random.Next(3) == 0 ? today.AddDays(1) : null,
                    random.Next(3) == 0 ? today.AddDays(1) : null)),
            ],
            CancellationToken.None);
    }

    private static List<IncomingReading> Batch(DateTimeOffset now, Random random)
    {
        var readings = new List<IncomingReading>();
        for (var count = random.Next(1, 25); count > 0; count--)
        {
            var id = Id(random);
            var time = now.AddMinutes(-random.Next(random.Next(4) == 0 ? 1_500 : 10));
            (string, double)[] metrics = id[0] switch
            {
                'C' => [("segment1On", random.Next(2)), ("segment2On", random.Next(2)), ("doorOpen", random.Next(2))],
                'P' => [("supplyVolts", 230)],
                'L' => [("dimmingPercent", random.Next(101)), ("powerWatts", random.Next(700) / 10.0), ("energyWattHours", 1_000_000 + time.ToUnixTimeSeconds() % 1_000_000)],
                'M' => [("indexLitres", time.ToUnixTimeSeconds() % 10_000_000), ("flowLitresPerHour", random.Next(500) / 8.0)],
                _ => [("fillPercent", random.Next(101)), ("temperatureCelsius", random.Next(-10, 80)), ("powerWatts", random.Next(5_000))],
            };
            readings.Add(random.Next(3) == 0
                ? Say.Reading(id, time, metrics) with { Session = $"s{random.Next(2)}", Sequence = random.Next(50) }
                : Say.Reading(id, time, metrics));
        }

        return readings;
    }
}
