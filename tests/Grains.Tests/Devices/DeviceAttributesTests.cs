using Grid.Contracts.Devices;
using Grid.Grains.Devices;

namespace Grid.Tests.Grains.Devices;

public sealed class DeviceAttributesTests
{
    public static TheoryData<DeviceKind, string, string, object> Texts => new()
    {
        { DeviceKind.Streetlight, "ratedWatts", "70.5", 70.5 },
        { DeviceKind.Streetlight, "cabinet", "0017", "0017" },
        { DeviceKind.Streetlight, "cabinet", "17", "17" },
        { DeviceKind.Streetlight, "passive", "true", true },
        { DeviceKind.Streetlight, "passive", "yes", "yes" },
        { DeviceKind.Streetlight, "ratedWatts", "many", "many" },
        { DeviceKind.Meter, "subscriber", "4711", "4711" },
        { DeviceKind.Meter, "fluid", "water", "water" },
        { DeviceKind.Bin, "street", "12", 12.0 },
        { DeviceKind.Bin, "street", "-0.5e3", -500.0 },
        { DeviceKind.Bin, "street", "012", "012" },
        { DeviceKind.Bin, "street", "+1", "+1" },
        { DeviceKind.Bin, "street", "NaN", "NaN" },
        { DeviceKind.Bin, "street", "1e999", "1e999" },
        { DeviceKind.Bin, "street", "false", false },
    };

    [Theory, MemberData(nameof(Texts))]
    public void A_text_means_what_the_attribute_takes(DeviceKind kind, string name, string text, object expected)
    {
        var value = DeviceAttributes.Read(kind, name, text);
        Assert.Equal(expected, value.Text ?? (object?)value.Number ?? value.Flag);
    }
}
