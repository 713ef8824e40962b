using Grid.Contracts.Devices;
using Grid.Tests.Grains.Devices;

namespace Grid.Tests.Grains.Learning;

public sealed class UsualOfDevicesTests
{
    private const int Weeks = 5;

    // Monday 5 January 2026, 00:00 in Paris.
    private static readonly DateTimeOffset Monday = new(2026, 1, 4, 23, 0, 0, TimeSpan.Zero);

    private static bool IsWork(int hour) => hour % 24 is >= 8 and < 18 && hour / 24 % 7 < 5;

    private static DerivedFigure? Figure(TestDevice device, string name) => device.View(Monday).Derived.FirstOrDefault(figure => figure.Name == name);

    private static TestDevice Meter(params (string, object)[] attributes)
    {
        var meter = TestDevice.Of(DeviceKind.Meter, attributes);
        var index = 0;
        for (var hour = 0; hour <= (Weeks * 168) + 11; hour++)
        {
            meter.Report(Monday.AddHours(hour), ("indexLitres", index));
            index += hour == (Weeks * 168) + 10 ? 190 : IsWork(hour) ? 45 + (hour % 3 * 5) : 0;
        }

        return meter;
    }

    [Fact]
    public void A_meter_shows_what_flowed_in_the_last_hour_beside_what_is_usual_then()
    {
        // A Monday from 10:00 to 11:00: 190 litres where it was always 45 to 55.
        var flow = Figure(Meter(), "flowLastHourLitresPerHour")!;

        Assert.Equal((190d, Monday.AddHours((Weeks * 168) + 11), "usual"), (flow.Value!.Value, flow.At!.Value, flow.Basis));
        Assert.InRange(flow.Low!.Value, 25, 46);
        Assert.InRange(flow.High!.Value, 54, 95);
    }

    [Fact]
    public void Of_a_meter_whose_readings_may_be_kept_by_the_day_only_nothing_of_an_hour_is_learned()
    {
        var meter = TestDevice.Of(DeviceKind.Meter);
        for (var hour = 0; hour < 5 * 168; hour++)
        {
            var at = Monday.AddHours(hour);
            meter.Take(Entries.Reading(TestDevice.Id, at, at, ("indexLitres", 10 * hour)) with { Personal = new PersonalReading { Subscriber = "S1", Day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero) } });
        }

        Assert.Null(Figure(meter, "flowLastHourLitresPerHour"));
    }

    [Fact]
    public void A_building_that_draws_more_than_usual_for_eight_hours_is_abnormal_until_an_hour_as_usual()
    {
        var building = TestDevice.Of(DeviceKind.Building);
        void Report(int hour, double watts)
        {
            for (var quarter = 0; quarter < 4; quarter++)
            {
                building.Report(Monday.AddHours(hour).AddMinutes(15 * quarter), ("powerWatts", watts));
            }
        }

        bool IsAbnormal() => building.Conditions.Any(condition => condition.Condition == "abnormalConsumption");
        for (var hour = 0; hour < Weeks * 168; hour++)
        {
            Report(hour, IsWork(hour) ? 5_000 + (hour % 3 * 300) : 800);
        }

        Assert.False(IsAbnormal());
        var night = Weeks * 168;
        for (var hour = night; hour < night + 8; hour++)
        {
            Report(hour, 3_000);
        }

        // The last quarter of the eighth hour is over with the next report.
        Assert.False(IsAbnormal());
        building.Report(Monday.AddHours(night + 8), ("powerWatts", 5_300));
        Assert.True(IsAbnormal());
        Assert.Equal(3_000, Figure(building, "powerLastHourWatts")!.Value!.Value, 1.0);
        building.Report(Monday.AddHours(night + 9), ("powerWatts", 5_300));
        Assert.False(IsAbnormal());
    }

    [Fact]
    public void A_building_without_a_reference_that_draws_twice_as_much_for_days_drifts_and_one_with_a_limit_of_0_does_not()
    {
        TestDevice Building(params (string, object)[] attributes)
        {
            var building = TestDevice.Of(DeviceKind.Building, attributes);
            for (var hour = 0; hour < (Weeks + 1) * 168; hour++)
            {
                building.Report(Monday.AddHours(hour), ("powerWatts", (IsWork(hour) ? 5_000 : 800) * (hour < Weeks * 168 ? 1 : 2.4)));
                building.Report(Monday.AddHours(hour).AddMinutes(30), ("powerWatts", (IsWork(hour) ? 5_000 : 800) * (hour < Weeks * 168 ? 1 : 2.4)));
            }

            return building;
        }

        var drifting = Building();
        Assert.Contains(drifting.Conditions, condition => condition.Condition == "energyDrift");
        var figure = Figure(drifting, "usualDriftPercent")!;
        Assert.Equal((60d, "usual"), (figure.High!.Value, figure.Basis));
        Assert.InRange(figure.Value!.Value, 100, 145);
        Assert.DoesNotContain(Building(("usualDriftPercent", 0)).Conditions, condition => condition.Condition == "energyDrift");
    }

    [Fact]
    public void A_sensor_shows_the_noise_of_the_last_hour_beside_what_is_usual_then()
    {
        var sensor = TestDevice.Of(DeviceKind.Environment);
        for (var quarter = 0; quarter <= (Weeks * 168 * 4) + 48; quarter++)
        {
            var hour = quarter / 4;
            sensor.Report(Monday.AddMinutes(15 * quarter), ("noiseDecibels", hour == (Weeks * 168) + 11 ? 95 : IsWork(hour) ? 60 : 40));
        }

        var noise = Figure(sensor, "noiseLastHourDecibels")!;
        Assert.Equal(95, noise.Value);
        Assert.InRange(noise.High!.Value, 60, 94);
    }
}
