namespace Grid.Simulation;

/// <summary>What became of a world.</summary>
/// <param name="Options">The world.</param>
/// <param name="TraceHash">The hash of everything that happened.</param>
/// <param name="Events">How much happened.</param>
/// <param name="Readings">Readings that devices made.</param>
/// <param name="Frames">How many of them were frames that carry a day.</param>
/// <param name="CommandEnds">Commands that were accepted, by how they ended, as their states are called; <c>open</c> for those that have not.</param>
/// <param name="Processes">Processes that were started: one more than died.</param>
/// <param name="Violations">What did not hold.</param>
/// <param name="ProgramReports">What controllers with a program showed and was held against it.</param>
/// <param name="ProgramReportsAlone">The same, while no process was alive.</param>
/// <param name="Night">Of a world with one plan for all.</param>
public sealed record SimulationResult(
    SimulationOptions Options,
    string TraceHash,
    long Events,
    long Readings,
    long Frames,
    IReadOnlyDictionary<string, int> CommandEnds,
    int Processes,
    IReadOnlyList<string> Violations,
    long ProgramReports,
    long ProgramReportsAlone,
    NightResult Night);

/// <summary>What was found of a night under one plan.</summary>
/// <param name="Lights">Light points under it.</param>
/// <param name="Looks">How often one was looked at a minute after a switch point.</param>
/// <param name="Late">Looks at which it did not do what the plan says.</param>
/// <param name="Controlled">What controlled light points saved.</param>
/// <param name="Passive">What passive ones saved.</param>
/// <param name="Radio">Those that are switched live through a gateway with a budget.</param>
/// <param name="Multicasts">Messages to many that were sent in all, each with its repetitions.</param>
public sealed record NightResult(int Lights, long Looks, long Late, Saving Controlled, Saving Passive, RadioNight Radio, long Multicasts);

/// <summary>What there is to switch live by radio, and what could be sent to one light point after the other.</summary>
/// <param name="Lights">Light points behind gateways with a budget: so many messages are needed at a switch point.</param>
/// <param name="Gateways">Those gateways.</param>
/// <param name="Unicast">Messages that they may send in all while the light points are to switch, each after a pause.</param>
/// <param name="MostUnicastShare">Share of its light points that the gateway with the fewest of them may send to in that time.</param>
public sealed record RadioNight(int Lights, int Gateways, int Unicast, double MostUnicastShare);

/// <summary>What light points saved against burning in full from sunset to sunrise.</summary>
/// <param name="FullWattHours">What that would have taken.</param>
/// <param name="ReportedWattHours">What was saved by what is reported.</param>
/// <param name="TrueWattHours">What was saved by what the light points took.</param>
public readonly record struct Saving(double FullWattHours, double ReportedWattHours, double TrueWattHours)
{
    internal Saving With(double full, double reported, double wanted) => new(FullWattHours + full, ReportedWattHours + reported, TrueWattHours + wanted);
}

/// <summary>Runs worlds.</summary>
public static class Simulations
{
    /// <summary>Bugs that can be planted: see <see cref="SimulationOptions.Plant"/>.</summary>
    public static IReadOnlyList<string> Plants => Grid.Simulation.Plants.Plant.Names;

    /// <summary>Runs a world to its end, or to the first check that fails.</summary>
    /// <exception cref="ArgumentException">An option is wrong: see <see cref="SimulationOptions.Validate"/>.</exception>
    public static SimulationResult Run(SimulationOptions options)
    {
        options.Validate();
        var world = new World(options);
        try
        {
            world.Run();
        }
        finally
        {
            world.Process?.End();
        }

        var ends = world.Operators.Accepted.CountBy(command => command.Final?.ToString().ToLowerInvariant() ?? "open").ToDictionary(StringComparer.Ordinal);
        return new SimulationResult(options, world.Trace.Hash, world.Trace.Count, world.Field.Readings, world.Field.Frames, ends, world.Processes, world.Violations,
            world.Field.Programs.Judged, world.Field.Programs.JudgedAlone,
            new NightResult(world.Night.Lights, world.Night.Looks, world.Night.Late, world.Night.Controlled, world.Night.Passive,
                world.Night.Radio, world.Field.Multicasts));
    }

    /// <summary>
    /// Runs worlds, some beside each other: each is on one thread and follows from its options alone, so that the results depend on neither their
    /// number nor the order in which they end.
    /// </summary>
    /// <param name="worlds">The worlds.</param>
    /// <param name="atOnce">How many run beside each other.</param>
    /// <param name="ended">Told of each that has ended, one at a time.</param>
    /// <param name="cancellationToken">No further world is begun; those that run go on to their end.</param>
    /// <returns>In the order of the worlds; those that were not begun are left out.</returns>
    public static IReadOnlyList<SimulationResult> RunAll(
        IReadOnlyList<SimulationOptions> worlds, int atOnce, Action<SimulationResult>? ended = null, CancellationToken cancellationToken = default)
    {
        foreach (var options in worlds)
        {
            options.Validate();
        }

        var results = new SimulationResult?[worlds.Count];
        var gate = new Lock();
        Parallel.For(0, worlds.Count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, (number, loop) =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                loop.Stop();
                return;
            }

            var result = results[number] = Run(worlds[number]);
            lock (gate)
            {
                ended?.Invoke(result);
            }
        });
        return [.. results.OfType<SimulationResult>()];
    }
}
