using System.Collections.Immutable;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.Storage;

/// <summary>What every grain storage does.</summary>
public abstract class GrainStorageConformance : Conformance<IGrainStorage>
{
    private const string Name = "device";
    private static readonly GrainId Lamp = GrainId.Create("streetlight", "29:L1");

    private async Task<GrainState<T>> Read<T>(GrainId? id = null, string name = Name)
    {
        var state = new GrainState<T>();
        await Port.ReadStateAsync(name, id ?? Lamp, state);
        return state;
    }

    private async Task<GrainState<T>> Write<T>(T value, GrainId? id = null, string name = Name)
    {
        var state = await Read<T>(id, name);
        state.State = value;
        await Port.WriteStateAsync(name, id ?? Lamp, state);
        return state;
    }

    [Fact]
    public async Task A_state_that_was_never_written_is_new_and_does_not_exist()
    {
        var state = await Read<Plain>();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(5, state.State!.StartsAtFive);
    }

    [Fact]
    public async Task A_state_comes_back_as_it_was_written_with_its_etag_also_after_a_restart()
    {
        var written = await Write(new Plain { StartsAtFive = 0, Name = "é \" \\ \u0001 日本", Books = [0, 255, 3] });
        Assert.True(written.RecordExists);
        await RestartAsync();

        var read = await Read<Plain>();
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal((0, written.State!.Name), (read.State!.StartsAtFive, read.State.Name));
        Assert.Equal([0, 255, 3], read.State.Books);
    }

    [Fact]
    public async Task Immutable_collections_records_enums_numbers_and_what_was_never_set_come_back_the_same()
    {
        var value = new Rich
        {
            Kind = DeviceKind.Bin,
            Kinds = DeviceKinds.Cabinet | DeviceKinds.Meter,
            At = Samples.Morning.AddTicks(7),
            Empty = [],
            Metrics = [new("powerWatts", 0.1), new("x", double.NaN), new("y", double.NegativeInfinity), new("z", -0d), new("w", double.MaxValue)],
            Arguments = ImmutableSortedDictionary<string, double>.Empty.Add("percent", 35).Add("Éclat", 1),
            Descriptor = Samples.Device("L1") with { Position = new GeoPoint(-4.5, 48.39), Attributes = ImmutableSortedDictionary<string, AttributeValue>.Empty.Add("segment", AttributeValue.Of(3)) },
            Contribution = new Contribution { Kind = DeviceKind.Streetlight, Status = DeviceStatus.Fault, PowerMilliwatts = long.MaxValue },
            Ledger = [new CommandProgress { State = CommandState.Acknowledged, At = Samples.Morning, Detail = "sent" }],
            ByDevice = new Dictionary<string, (int, string)> { ["A.b"] = (1, "x") },
            Offset = long.MaxValue,
            Ends = TimeSpan.FromTicks(123456789),
            Day = new DateOnly(2026, 2, 28),
        };
        await Write(value);

        var read = (await Read<Rich>()).State!;

        Assert.True(read.Unset.IsDefault);
        Assert.False(read.Empty.IsDefault);
        Assert.Equal(value.Metrics.Select(metric => (metric.Name, BitConverter.DoubleToInt64Bits(metric.Value))), read.Metrics.Select(metric => (metric.Name, BitConverter.DoubleToInt64Bits(metric.Value))));
        Assert.Equal(value.Arguments.AsEnumerable(), read.Arguments.AsEnumerable());
        Assert.Equal(value.Descriptor.Attributes.AsEnumerable(), read.Descriptor!.Attributes.AsEnumerable());
        Assert.Equal(value.Descriptor with { Attributes = read.Descriptor.Attributes }, read.Descriptor);
        Assert.Equal(value.Ledger.AsEnumerable(), read.Ledger.AsEnumerable());
        Assert.Equal(value.ByDevice, read.ByDevice);
        Assert.Equal(
            (value.Kind, value.Kinds, value.At, value.Contribution, value.Offset, value.Ends, value.Day, (long?)null),
            (read.Kind, read.Kinds, read.At, read.Contribution, read.Offset, read.Ends, read.Day, read.Never));
    }

    [Fact]
    public async Task Names_types_and_keys_are_kept_apart()
    {
        await Write(new Plain { Name = "lamp" });
        await Write(new Plain { Name = "lamp, other state" }, name: "other");
        await Write(new Plain { Name = "bin" }, GrainId.Create("bin", "29:L1"));
        await Write(new Plain { Name = "another lamp" }, GrainId.Create("streetlight", "29:l1"));

        Assert.Equal("lamp", (await Read<Plain>()).State!.Name);
        Assert.Equal("lamp, other state", (await Read<Plain>(name: "other")).State!.Name);
        Assert.Equal("bin", (await Read<Plain>(GrainId.Create("bin", "29:L1"))).State!.Name);
    }

    [Fact]
    public async Task A_write_over_anothers_write_is_refused_with_both_etags_and_changes_nothing()
    {
        var first = await Write(new Plain { Name = "first" });
        var second = await Read<Plain>();
        first.State!.Name = "again";
        await Port.WriteStateAsync(Name, Lamp, first);
        var stale = second.ETag;
        second.State!.Name = "lost";

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => Port.WriteStateAsync(Name, Lamp, second));

        Assert.Equal((first.ETag, stale), (error.StoredEtag, error.CurrentEtag));
        Assert.Equal(stale, second.ETag);
        Assert.Equal("again", (await Read<Plain>()).State!.Name);
    }

    [Fact]
    public async Task A_first_write_where_a_record_exists_is_refused_and_so_is_a_write_over_nothing()
    {
        await Write(new Plain());
        await Assert.ThrowsAsync<InconsistentStateException>(() => Port.WriteStateAsync(Name, Lamp, new GrainState<Plain>(new Plain())));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Port.WriteStateAsync(Name, GrainId.Create("bin", "B1"), new GrainState<Plain>(new Plain(), "7")));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Port.WriteStateAsync(Name, Lamp, new GrainState<Plain>(new Plain(), "not mine")));
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_may_be_written_again_but_not_by_one_who_read_it_before()
    {
        var state = await Write(new Plain { Name = "old" });
        var stale = await Read<Plain>();

        await Port.ClearStateAsync(Name, Lamp, state);

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Null(state.State!.Name);
        Assert.False((await Read<Plain>()).RecordExists);
        state.State = new Plain { Name = "new" };
        await Port.WriteStateAsync(Name, Lamp, state);
        await Assert.ThrowsAsync<InconsistentStateException>(() => Port.WriteStateAsync(Name, Lamp, stale));
        await Assert.ThrowsAsync<InconsistentStateException>(() => Port.ClearStateAsync(Name, Lamp, stale));
        Assert.Equal("new", (await Read<Plain>()).State!.Name);
    }

    [Fact]
    public async Task Clearing_what_does_not_exist_does_nothing()
    {
        var state = await Read<Plain>();
        await Port.ClearStateAsync(Name, Lamp, state);
        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Thousands_of_grains_that_write_at_once_are_all_written()
    {
        await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => Write(new Plain { StartsAtFive = number }, GrainId.Create("meter", $"M{number}"))));

        var read = await Task.WhenAll(Enumerable.Range(0, 5000).Select(number => Read<Plain>(GrainId.Create("meter", $"M{number}"))));
        Assert.Equal(Enumerable.Range(0, 5000), read.Select(state => state.State!.StartsAtFive));
    }

    [Fact]
    public async Task What_the_grain_changes_after_the_call_is_not_what_was_written()
    {
        var state = await Read<Plain>();
        state.State!.Name = "before";
        var writing = Port.WriteStateAsync(Name, Lamp, state);
        state.State.Name = "after";
        await writing;

        Assert.Equal("before", (await Read<Plain>()).State!.Name);
    }

    public sealed class Plain
    {
        public int StartsAtFive { get; set; } = 5;

        public string? Name { get; set; }

        public byte[] Books { get; set; } = [];
    }

    public sealed record Rich
    {
        public DeviceKind Kind { get; set; }

        public DeviceKinds Kinds { get; set; }

        public DateTimeOffset At { get; set; }

        public ImmutableArray<string> Unset { get; set; }

        public ImmutableArray<string> Empty { get; set; }

        public ImmutableArray<MetricValue> Metrics { get; set; }

        public ImmutableSortedDictionary<string, double> Arguments { get; set; } = ImmutableSortedDictionary<string, double>.Empty;

        public DeviceDescriptor? Descriptor { get; set; }

        public Contribution Contribution { get; set; }

        public ImmutableArray<CommandProgress> Ledger { get; set; }

        public Dictionary<string, (int Count, string Text)> ByDevice { get; set; } = [];

        public long Offset { get; set; }

        public long? Never { get; set; }

        public TimeSpan Ends { get; set; }

        public DateOnly Day { get; set; }
    }
}
