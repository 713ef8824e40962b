using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Grains.Territory;
using Grid.Silo.Startup;
using Microsoft.Extensions.Configuration;

namespace Grid.Tests.Gateway.WholeProgram;

public sealed class RetentionSettingsTests
{
    private static readonly HistoryKeep Default = new(400, 1_827, 7_305);

    [Fact]
    public void Without_settings_readings_are_kept_400_days_quarter_hours_5_years_and_days_20()
    {
        var policy = Read();
        Assert.All(Enum.GetValues<DeviceKind>(), kind => Assert.Equal(Default, policy.For(kind, "29019", isPersonal: false)));
        Assert.Equal(Default, policy.For(null, null, isPersonal: false));
    }

    [Fact]
    public void What_is_a_persons_is_kept_shorter_whatever_else_is_said()
    {
        Assert.Equal(new HistoryKeep(62, 400, 1_127), Read().For(DeviceKind.Meter, "29019", isPersonal: true));
        Assert.Equal(new HistoryKeep(10, 400, 1_127), Read(("Meter:RawDays", "10")).For(DeviceKind.Meter, "29019", isPersonal: true));
        Assert.Equal(new HistoryKeep(5, 5, 6), Read(("Personal:RawDays", "5"), ("Personal:QuarterHourDays", "5"), ("Personal:DayDays", "6")).For(DeviceKind.Meter, null, isPersonal: true));
    }

    [Fact]
    public void The_more_special_section_counts_and_what_it_does_not_say_is_as_in_the_wider_one()
    {
        var policy = Read(
            ("RawDays", "300"), ("Bin:RawDays", "200"), ("Bin:QuarterHourDays", "250"), ("Communes:29019:RawDays", "100"), ("Communes:29019:Meter:RawDays", "50"), ("Figures:DayDays", "5000"));
        Assert.Equal(new HistoryKeep(300, 1_827, 7_305), policy.For(DeviceKind.Meter, "29232", false));
        Assert.Equal(new HistoryKeep(200, 250, 7_305), policy.For(DeviceKind.Bin, "29232", false));
        Assert.Equal(new HistoryKeep(100, 250, 7_305), policy.For(DeviceKind.Bin, "29019", false));
        Assert.Equal(new HistoryKeep(100, 1_827, 7_305), policy.For(DeviceKind.Cabinet, "29019", false));
        Assert.Equal(new HistoryKeep(50, 1_827, 7_305), policy.For(DeviceKind.Meter, "29019", false));
        Assert.Equal(new HistoryKeep(300, 1_827, 5_000), policy.For(null, "29019", false));
    }

    [Theory]
    [InlineData("RawDays", "0", "Grid:Retention:RawDays is '0'")]
    [InlineData("RawDays", "many", "Grid:Retention:RawDays is 'many'")]
    [InlineData("DayDays", "36501", "from 1 to 36500")]
    [InlineData("RawDays", "2000", "Grid:Retention keeps raw readings 2000 days, quarter-hours 1827")]
    [InlineData("Meter:DayDays", "100", "Grid:Retention:Meter keeps")]
    [InlineData("Lamp:RawDays", "10", "Grid:Retention:Lamp is no setting")]
    [InlineData("Bin:Days", "10", "Grid:Retention:Bin:Days is no setting")]
    [InlineData("Communes:99999:RawDays", "10", "'99999'")]
    [InlineData("Communes:29019:Lamp:RawDays", "10", "Grid:Retention:Communes:29019:Lamp is no setting")]
    public void What_is_wrong_stops_the_program_with_its_name(string setting, string value, string said) =>
        Assert.Contains(said, Assert.Throws<SettingsException>(() => Read((setting, value))).Message, StringComparison.Ordinal);

    private static HistoryPolicy Read(params (string Name, string Value)[] settings) => RetentionSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Grid:Retention:{setting.Name}", (string?)setting.Value))).Build(),
        TerritoryTable.Shared);
}
