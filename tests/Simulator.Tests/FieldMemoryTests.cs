using Grid.Connectors.Simulator;
using Grid.Contracts.Lighting;

namespace Grid.Tests.Simulator;

public sealed class FieldMemoryTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"grid-field-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task What_is_kept_is_read_again_to_the_last_digit_and_the_newest_counts()
    {
        var memory = new FieldMemory(_path);
        var cabinet = new ControllerMemory { Lights = [Light(1), Light(7) with { Held = 1, From = 1.0 / 7 }, default] };
        await memory.KeepAsync([("a", Lamp(Light(1) with { BurningSeconds = 1.0 / 3 })), ("b", Lamp(Light(1) with { Until = double.PositiveInfinity })), ("c", cabinet)], default);
        await memory.KeepAsync([("a", Lamp(Light(2) with { From = 20.0 / 7, Held = 0.25 }))], default);

        var again = await ReadAgainAsync();

        Assert.Equal(["a", "b", "c"], again.Controllers.Keys.Order());
        Assert.All(memory.Controllers, kept => Assert.Equal(kept.Value.Lights, again.Controllers[kept.Key].Lights));
        Assert.Equal(Light(2) with { From = 20.0 / 7, Held = 0.25 }, Assert.Single(again.Controllers["a"].Lights));
    }

    [Fact]
    public async Task A_program_is_in_the_file_once_however_many_controllers_run_it()
    {
        var memory = new FieldMemory(_path);
        await memory.KeepAsync([.. Enumerable.Range(1, 100).Select(lamp => ($"lamp-{lamp}", Lamp(Light(1)) with { ProgramVersion = lamp, Program = Programs.Midnight() }))], default);
        await memory.KeepAsync([("lamp-7", Lamp(Light(1)) with { ProgramVersion = 107, Program = Programs.Midnight(dimmed: 20) })], default);

        var again = await ReadAgainAsync();
        await again.KeepAsync([("lamp-8", Lamp(Light(1)) with { ProgramVersion = 108, Program = Programs.Midnight(dimmed: 20) })], default);
        again = await ReadAgainAsync();

        Assert.Equal(2, (await File.ReadAllLinesAsync(_path)).Count(line => line.Contains("Europe/Paris", StringComparison.Ordinal)));
        Assert.Equal((107, 20), (again.Controllers["lamp-7"].ProgramVersion, again.Controllers["lamp-7"].Program!.Programs[0][1].Percent));
        Assert.Equal((108, 20), (again.Controllers["lamp-8"].ProgramVersion, again.Controllers["lamp-8"].Program!.Programs[0][1].Percent));
        Assert.Equal((9, 30), (again.Controllers["lamp-9"].ProgramVersion, again.Controllers["lamp-9"].Program!.Programs[0][1].Percent));
        Assert.Same(again.Controllers["lamp-1"].Program, again.Controllers["lamp-2"].Program);
    }

    [Fact]
    public async Task A_line_that_was_cut_short_is_left_out_and_the_next_one_is_whole()
    {
        var memory = new FieldMemory(_path);
        await memory.KeepAsync([("a", Lamp(Light(1)))], default);
        await File.AppendAllTextAsync(_path, "b\t0\t-\t1 2 3");

        memory = await ReadAgainAsync();
        await memory.KeepAsync([("c", Lamp(Light(1)))], default);

        Assert.Equal(["a", "c"], (await ReadAgainAsync()).Controllers.Keys.Order());
    }

    [Fact]
    public async Task A_controller_whose_program_was_lost_is_left_out()
    {
        await File.WriteAllTextAsync(_path, "grid-simulator-field 2\nprogram\t1\t{\"plan\":\na\t3\t1\t1 2 3 0.5 - 4 5\nb\t0\t-\t1 2 3 0.5 - 4 5\nc\t0\t-\t1 - 3 0.5 - 4 5\n");

        Assert.Equal(["b"], (await ReadAgainAsync()).Controllers.Keys);
    }

    [Fact]
    public async Task The_file_does_not_grow_without_end_and_forgets_programs_that_nobody_runs()
    {
        var memory = new FieldMemory(_path);
        for (var version = 1; version <= 300; version++)
        {
            var program = Programs.Midnight(dimmed: version % 100);
            await memory.KeepAsync([.. Enumerable.Range(0, 100).Select(lamp => ($"lamp-{lamp}", Lamp(Light(version)) with { Program = program }))], default);
        }

        var lines = await File.ReadAllLinesAsync(_path);
        Assert.InRange(lines.Length, 101, 10_200);
        Assert.Equal(300, memory.Controllers["lamp-7"].Lights[0].Version);
        Assert.Equal(0, (await ReadAgainAsync()).Controllers["lamp-7"].Program!.Programs[0][1].Percent);
    }

    [Fact]
    public async Task A_file_of_the_former_version_is_read_and_goes_on_as_one_of_this()
    {
        await File.WriteAllTextAsync(_path, "grid-simulator-field 1\na\t5\t10.5\tInfinity\t0.4\t100\t2000.25\nb\t1\t2\t3\t0.5\t4\t5\nb\t2\t2\t3\t0.5\t4\t5\nc\t1\t2");

        var memory = await ReadAgainAsync();
        await memory.KeepAsync([("c", Lamp(Light(1)))], default);
        memory = await ReadAgainAsync();

        Assert.Equal(new LightMemory(5, 10.5, double.PositiveInfinity, 0.4, null, 100, 2000.25), Assert.Single(memory.Controllers["a"].Lights));
        Assert.Equal(2, memory.Controllers["b"].Lights[0].Version);
        Assert.Equal((0, null), (memory.Controllers["a"].ProgramVersion, memory.Controllers["a"].Program));
        Assert.Equal(["a", "b", "c"], memory.Controllers.Keys.Order());
    }

    [Theory]
    [InlineData("something else\n")]
    [InlineData("grid-simulator-field 3\na\t0\t-\t1 2 3 0.5 - 4 5\n")]
    public async Task A_file_of_another_kind_or_a_later_version_is_refused_and_left_as_it_is(string text)
    {
        await File.WriteAllTextAsync(_path, text);

        await Assert.ThrowsAsync<FormatException>(ReadAgainAsync);
        Assert.Equal(text, await File.ReadAllTextAsync(_path));
    }

    private static LightMemory Light(long version) => new(version, 2, 3, 0.5, null, 4, 5);

    private static ControllerMemory Lamp(LightMemory light) => new() { Lights = [light] };

    private async Task<FieldMemory> ReadAgainAsync()
    {
        var memory = new FieldMemory(_path);
        await memory.LoadAsync(default);
        return memory;
    }
}
