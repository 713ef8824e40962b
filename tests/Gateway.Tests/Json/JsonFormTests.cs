using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Grid.Client.Json;
using Grid.Client.Live;
using Grid.Client.Paging;
using Grid.Contracts.Sectors;

namespace Grid.Tests.Gateway.Json;

public sealed class JsonFormTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.001")]
    [InlineData(1500, "1.5")]
    [InlineData(-2000, "-2")]
    [InlineData(long.MaxValue, "9223372036854775.807")]
    public void Thousandths_are_written_as_exact_decimals(long thousandths, string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(new Thousandths(thousandths)));

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(5.0, "5")]
    [InlineData(-5.5, "-5.5")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(48.39001, "48.39001")]
    [InlineData(-4.486077, "-4.486077")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(999999999.999999, "999999999.999999")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(0.0000005, "5E-07")]
    [InlineData(1e20, "1E+20")]
    public void Measurements_are_written_as_their_shortest_text(double value, string json) => Assert.Equal(json, ShortText(value));

    [Fact]
    public void Any_measurement_reads_as_what_was_written() => Prop.ForAll<int, byte>((digits, decimals) =>
    {
        var value = digits / Math.Pow(10, decimals % 9);
        return double.Parse(ShortText(value), CultureInfo.InvariantCulture) == value
            && ShortText(value).Length <= value.ToString("R", CultureInfo.InvariantCulture).Length + "0.00000".Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Thousandths_add_up_to_the_last_digit() => Prop.ForAll<int, int>((a, b) =>
        decimal.Parse(JsonSerializer.Serialize(new Thousandths(a)), CultureInfo.InvariantCulture)
        + decimal.Parse(JsonSerializer.Serialize(new Thousandths(b)), CultureInfo.InvariantCulture)
        == decimal.Parse(JsonSerializer.Serialize(new Thousandths((long)a + b)), CultureInfo.InvariantCulture)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 0, "100")]
    [InlineData(1, 3, "33.3")]
    [InlineData(2, 3, "66.6")]
    [InlineData(99_999, 100_000, "99.9")]
    [InlineData(5, 5, "100")]
    public void A_share_is_100_only_when_nothing_is_missing(long part, long whole, string json) =>
        Assert.Equal(json, JsonSerializer.Serialize(Percent.Of(part, whole)));

    [Fact]
    public void Instants_are_utc_with_exactly_milliseconds() =>
        Assert.Equal("2026-11-22T09:00:00.120Z", InstantConverter.ToText(new DateTimeOffset(2026, 11, 22, 10, 0, 0, 120, TimeSpan.FromHours(1)).AddTicks(9)));

    [Theory]
    [InlineData("PT1H", 3600)]
    [InlineData("P1DT30M", 88_200)]
    [InlineData("PT0.5S", 0.5)]
    [InlineData("-PT5S", -5)]
    public void Durations_are_iso_8601(string text, double seconds)
    {
        Assert.True(IsoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds);
    }

    [Theory]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("1h")]
    [InlineData("PT")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("P99999999999D")]
    public void What_has_no_fixed_length_is_no_duration(string? text) => Assert.False(IsoDuration.TryParse(text, out _));

    [Fact]
    public void A_page_cursor_opens_its_own_list_only()
    {
        var cursor = PageCursor.Encode("devices?kind=bin", "bin:1");
        Assert.True(PageCursor.TryDecode("devices?kind=bin", cursor, out var after));
        Assert.Equal("bin:1", after);
        Assert.False(PageCursor.TryDecode("devices?kind=meter", cursor, out _));
    }

    [Fact]
    public void A_page_cursor_that_was_altered_is_refused()
    {
        var cursor = PageCursor.Encode("devices", "bin:1");
        Assert.All(Enumerable.Range(0, cursor.Length), i =>
        {
            var altered = cursor.ToCharArray();
            altered[i] = altered[i] == 'A' ? 'B' : 'A';

            // The last character may hold bits that belong to no byte.
            Assert.True(!PageCursor.TryDecode("devices", new string(altered), out var after) || after == "bin:1");
        });
        Assert.All(["", "!", "AA", new string('A', 600)], text => Assert.False(PageCursor.TryDecode("devices", text, out _)));
    }

    [Fact]
    public void A_live_cursor_comes_back_as_it_was() => Prop.ForAll<(long, long)[]>(numbers =>
    {
        var versions = numbers.Select((pair, i) => new SectorVersion($"s{i:0000}", pair.Item1, pair.Item2)).ToArray();
        var text = LiveCursor.Encode(42, versions);
        return LiveCursor.TryDecode(42, [.. versions.Select(version => version.Sector)], text, out var back)
            && back.SequenceEqual(versions)
            && !LiveCursor.TryDecode(43, [.. versions.Select(version => version.Sector)], text, out _)
            && !LiveCursor.TryDecode(42, [.. versions.Select(version => version.Sector), "another"], text, out _);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_live_cursor_of_other_sectors_is_refused()
    {
        var text = LiveCursor.Encode(1, ImmutableArray.Create(new SectorVersion("29019.0", 1, 5)));
        Assert.True(LiveCursor.TryDecode(1, ["29019.0"], text, out _));
        Assert.False(LiveCursor.TryDecode(1, ["29019.1"], text, out _));
    }

    [Fact]
    public void A_live_cursor_of_a_department_stays_small()
    {
        SectorVersion[] versions = [.. Enumerable.Range(0, 400).Select(i => new SectorVersion($"29{i:000}.0", 3, 1_000_000 + i))];
        Assert.InRange(LiveCursor.Encode(1, versions).Length, 1, 2_500);
    }

    private static string ShortText(double value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        ShortNumber.Write(writer, value);
        writer.Flush();
        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }
}
