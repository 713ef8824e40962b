using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Grid.Client.Live;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Tests.Gateway.Live;

public sealed class FrameTests
{
    [Fact]
    public void A_large_snapshot_is_split_in_parts_that_hold_every_device_once()
    {
        var devices = Enumerable.Range(0, 20_000).Select(Device).ToArray();
        var frames = FrameEncoder.Encode(new("snapshot", "cursor", null, devices, [], DateTimeOffset.UnixEpoch));
        var parsed = frames.Select(frame => JsonDocument.Parse(frame.Utf8).RootElement).ToArray();
        Assert.True(parsed.Length > 1);
        Assert.All(frames, frame => Assert.InRange(frame.Utf8.Length, 1, 256 * 1024));
        Assert.Equal(Enumerable.Range(1, parsed.Length), parsed.Select(frame => frame.GetProperty("part").GetInt32()));
        Assert.All(parsed, frame => Assert.Equal(parsed.Length, frame.GetProperty("parts").GetInt32()));
        Assert.All(parsed[..^1], frame => Assert.False(frame.TryGetProperty("cursor", out _)));
        Assert.Equal("cursor", parsed[^1].GetProperty("cursor").GetString());
        Assert.Equal(devices.Select(device => device.Id), parsed.SelectMany(frame => frame.GetProperty("devices").EnumerateArray()).Select(device => device.GetProperty("id").GetString()));
        Assert.Equal([DateTimeOffset.UnixEpoch], frames.Select(frame => frame.AsOf).OfType<DateTimeOffset>());
    }

    [Fact]
    public void Any_number_of_devices_and_removals_is_carried_once() => Prop.ForAll(
        Gen.Choose(0, 3_000).Zip(Gen.Choose(0, 30_000)).ToArbitrary(),
        counts =>
        {
            var removed = Enumerable.Range(0, counts.Item2).Select(i => $"removed-{i}").ToArray();
            var frames = FrameEncoder.Encode(new("delta", "c", null, [.. Enumerable.Range(0, counts.Item1).Select(Device)], removed, null));
            var parsed = frames.Select(frame => JsonDocument.Parse(frame.Utf8).RootElement).ToArray();
            return frames.All(frame => frame.Utf8.Length < 256 * 1024)
                && parsed.Sum(frame => frame.GetProperty("devices").GetArrayLength()) == counts.Item1
                && parsed.SelectMany(frame => frame.TryGetProperty("removed", out var ids) ? ids.EnumerateArray().ToArray() : []).Select(id => id.GetString()).SequenceEqual(removed)
                && parsed.Count(frame => frame.TryGetProperty("cursor", out _)) == 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [InlineData("all", "all")]
    [InlineData("commune:29019", "commune:29019")]
    [InlineData("device:a:b", "device:a:b")]
    [InlineData("", null)]
    [InlineData("commune:", null)]
    [InlineData("commune", null)]
    [InlineData("Commune:29019", null)]
    [InlineData(null, null)]
    public void A_scope_is_written_back_as_it_was_read(string? text, string? written) =>
        Assert.Equal(written, LiveScope.TryParse(text, out var scope) ? scope.ToString() : null);

    private static DeviceChange Device(int i) => new()
    {
        Id = $"device-{i}",
        Kind = DeviceKind.Streetlight,
        Position = i % 7 == 0 ? null : new(-4.123456789, 48.123456789),
        Status = DeviceStatus.Ok,
        Metrics = [new("powerWatts", i / 3.0), new("quote\"d", i)],
    };
}
