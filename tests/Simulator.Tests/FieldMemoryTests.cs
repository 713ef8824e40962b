using Grid.Connectors.Simulator;

namespace Grid.Tests.Simulator;

public sealed class FieldMemoryTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"grid-field-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task What_is_kept_is_read_again_to_the_last_digit_and_the_newest_counts()
    {
        var memory = new FieldMemory(_path);
        await memory.KeepAsync([("a", new LampMemory(1, 2, 3, 0.5, 1.0 / 3, 7)), ("b", new LampMemory(1, 1e9, double.PositiveInfinity, 1, 0, 0))], default);
        await memory.KeepAsync([("a", new LampMemory(2, 20.0 / 7, 30, 0.25, 8, 9))], default);

        var again = new FieldMemory(_path);
        await again.LoadAsync(default);

        Assert.Equal(memory.Lamps.OrderBy(lamp => lamp.Key), again.Lamps.OrderBy(lamp => lamp.Key));
        Assert.Equal(new LampMemory(2, 20.0 / 7, 30, 0.25, 8, 9), again.Lamps["a"]);
    }

    [Fact]
    public async Task A_line_that_was_cut_short_is_left_out_and_the_next_one_is_whole()
    {
        var memory = new FieldMemory(_path);
        await memory.KeepAsync([("a", new LampMemory(1, 2, 3, 0.5, 4, 5))], default);
        await File.AppendAllTextAsync(_path, "b\t1\t2\t3");

        memory = new FieldMemory(_path);
        await memory.LoadAsync(default);
        await memory.KeepAsync([("c", new LampMemory(1, 2, 3, 0.5, 4, 5))], default);
        var again = new FieldMemory(_path);
        await again.LoadAsync(default);

        Assert.Equal(["a", "c"], again.Lamps.Keys.Order());
    }

    [Fact]
    public async Task The_file_does_not_grow_without_end()
    {
        var memory = new FieldMemory(_path);
        for (var version = 1; version <= 300; version++)
        {
            await memory.KeepAsync([.. Enumerable.Range(0, 100).Select(lamp => ($"lamp-{lamp}", new LampMemory(version, 2, 3, 0.5, 4, 5)))], default);
        }

        Assert.InRange(File.ReadAllLines(_path).Length, 101, 10_001);
        Assert.Equal(300, memory.Lamps["lamp-7"].Version);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_refused_and_left_as_it_is()
    {
        await File.WriteAllTextAsync(_path, "something else\n");

        await Assert.ThrowsAsync<FormatException>(() => new FieldMemory(_path).LoadAsync(default));
        Assert.Equal("something else\n", await File.ReadAllTextAsync(_path));
    }
}
