using Grid.Connectors.Simulator.Programs;
using Grid.Contracts.Commands;
using Grid.Contracts.Lighting;

namespace Grid.Connectors.Simulator.Models;

/// <summary>What a controller does by itself.</summary>
internal enum Scheduling : byte
{
    /// <summary>It keeps programs; until the first it runs the one that it was made with.</summary>
    Own,

    /// <summary>It keeps no programs but the one that it was made with, which it runs until it is told a level.</summary>
    Factory,

    /// <summary>It does what it was last told, and is dark until then.</summary>
    None,
}

/// <summary>A device that obeys commands.</summary>
internal interface IController
{
    /// <summary>What it keeps when everything else is lost; null before it was told anything.</summary>
    ControllerMemory? Memory { get; }

    /// <summary>The program that it runs; null when it has none of Grid's.</summary>
    ProgramClock? Clock { get; }

    /// <summary>Why it would refuse a command; null when it would obey.</summary>
    string? FindRefusal(string command, IReadOnlyDictionary<string, double> arguments, ControllerProgram? program);

    /// <summary>Obeys a command that it does not refuse. What is older than what it obeys changes nothing.</summary>
    void Obey(string command, IReadOnlyDictionary<string, double> arguments, double now, long version);

    /// <summary>Runs a program from an instant on. One that is no newer than its own changes nothing.</summary>
    void Load(ProgramClock clock, long version, double now);

    /// <summary>Is replaced by another one of the same make: it knows no program and was told nothing. What the meters have counted stays with the lamps.</summary>
    void Swap(double now);

    /// <summary>Goes on from what was kept.</summary>
    void Recall(ControllerMemory kept, ProgramClock? clock);
}

/// <summary>What a controller was told, once it was told something.</summary>
internal sealed class Told(LightMemory[] lights)
{
    public LightMemory[] Lights { get; } = lights;

    public long ProgramVersion { get; set; }

    public ProgramClock? Clock { get; set; }

    public ControllerMemory Memory => new() { ProgramVersion = ProgramVersion, Program = Clock?.Program, Lights = [.. Lights] };

    /// <summary>True when a desired state is no older than the one that a light obeys; from then on only newer ones count.</summary>
    public bool Takes(int light, long version)
    {
        if (version < Lights[light].Version) return false;
        if (version != long.MaxValue) Lights[light] = Lights[light] with { Version = version };
        return true;
    }

    /// <summary>A level from 0 to 1 from the light's checkpoint on: for a time, or as long as nothing else is told.</summary>
    public void SetLevel(int light, Scheduling scheduling, double level, double? minutes)
    {
        var (from, told) = (Lights[light].From, Lights[light]);
        Lights[light] = minutes is { } time ? told with { Until = from + (time * 60), Level = level }
            : scheduling == Scheduling.Own ? told with { Until = double.PositiveInfinity, Level = level }
            : told with { Until = from, Level = level, Held = level };
    }

    /// <summary>Follows its program again from its checkpoint on.</summary>
    public void FollowProgram(int light) => Lights[light] = Lights[light] with { Until = Lights[light].From, Level = 0, Held = null };
}

/// <summary>What the commands that simulated controllers obey have in common.</summary>
internal static class ControllerCommands
{
    private const string Duration = "durationMinutes";

    /// <summary>How long a level is asked for; null for as long as nothing else is told.</summary>
    public static double? MinutesOf(IReadOnlyDictionary<string, double> arguments) => arguments.TryGetValue(Duration, out var minutes) ? minutes : null;

    /// <summary>What is wrong with the duration; null when nothing is.</summary>
    public static string? FaultOfDuration(IReadOnlyDictionary<string, double> arguments) => MinutesOf(arguments) is { } minutes && !(minutes > 0) ? $"{Duration} must be more than 0" : null;

    /// <summary>Why a controller would not follow a plan, or not load a program; null for anything else and when it would.</summary>
    public static string? FindRefusal(Scheduling scheduling, string command, ControllerProgram? program) => command switch
    {
        CommandCatalog.LoadProgram when scheduling != Scheduling.Own => "the simulated controller has no scheduler: it keeps no program",
        CommandCatalog.LoadProgram => ProgramClock.FindFault(program),
        CommandCatalog.FollowPlan when scheduling == Scheduling.None => "the simulated controller has no scheduler: it has no program to follow",
        _ => null,
    };
}
