using System.Globalization;
using Grid.Grains.Territory;
using Grid.Simulation.Faults;
using Grid.Simulation.Machine;

namespace Grid.Simulation;

/// <summary>A world: what is in it, how long it lasts, and what goes wrong in it. The same options give the same run, to the byte of its trace.</summary>
public sealed record SimulationOptions
{
    /// <summary>Code of the department whose real communes it has.</summary>
    public string Department { get; init; } = "29";

    /// <summary>Devices at its beginning; 1 to 1,000,000.</summary>
    public int Devices { get; init; } = 300;

    /// <summary>Communes, chosen by the seed; 0 for all of the department.</summary>
    public int Communes { get; init; } = 5;

    /// <summary>Virtual hours; 1 to 8,760.</summary>
    public int Hours { get; init; } = 6;

    /// <summary>Everything that is left to chance follows from it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What goes wrong, and how often.</summary>
    public FaultRates Faults { get; init; } = FaultRates.None;

    /// <summary>Live clients.</summary>
    public int Clients { get; init; } = 4;

    /// <summary>Registrations, moves, removals and changes of membership an hour.</summary>
    public double ChangesPerHour { get; init; } = 4;

    /// <summary>Commands to lamps an hour.</summary>
    public double CommandsPerHour { get; init; } = 20;

    /// <summary>Looks at the alarms of a sector an hour, each of which acknowledges or shelves one if there is one.</summary>
    public double AlarmOrdersPerHour { get; init; } = 20;

    /// <summary>Commands to all lights of a commune an hour.</summary>
    public double GroupsPerHour { get; init; } = 3;

    /// <summary>Changes of lighting plans an hour.</summary>
    public double PlansPerHour { get; init; } = 1;

    /// <summary>Changes of what communes and bodies give to the parameters of rules, an hour.</summary>
    public double ParametersPerHour { get; init; } = 3;

    /// <summary>Alarms an hour that are escalated to who is on call.</summary>
    public double PagesPerHour { get; init; } = 6;

    /// <summary>Changes of operators' rules an hour: written, published, taken back, removed.</summary>
    public double RulesPerHour { get; init; } = 4;

    /// <summary>Work orders opened, looked at and seen to, an hour.</summary>
    public double WorkOrdersPerHour { get; init; } = 15;

    /// <summary>One lighting plan for all light points: each is looked at after each switch point, and its saving is held against the truth.</summary>
    public bool HasNightPlan { get; init; }

    /// <summary>Share of the communes whose light points were all converted to radio: see <see cref="Field.RadioRetrofit"/>; 0 to 1, 0 for a world as the demo is.</summary>
    public double RadioRetrofitShare { get; init; }

    /// <summary>Part of the frames that a device behind a radio gateway does not hear, also while nothing goes wrong; 0 to 1.</summary>
    public double RadioLossRate { get; init; }

    /// <summary>Puts programs into the controllers that keep them, so that it shows whether they follow them.</summary>
    public bool HasPrograms { get; init; }

    /// <summary>Hours without any process, near the beginning and in addition to <see cref="Hours"/>; the devices go on.</summary>
    public int OutageHours { get; init; }

    /// <summary>Virtual time between two quiet phases, after each of which the invariants are checked.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Keep the entries of one sector in so many for the check of readings.</summary>
    public int JournalOneSectorIn { get; init; } = 1;

    /// <summary>A bug that is planted to see that a checker finds it; null for none.</summary>
    public string? Plant { get; init; }

    /// <summary>Where the trace's lines go; null for nowhere.</summary>
    public TextWriter? Lines { get; init; }

    /// <summary>A trace's lines begin with this event: what comes before is not written.</summary>
    public long LinesFrom { get; init; }

    /// <summary>Keep copies of device states in the grain storage and make JSON of them when they are read: the same, and much cheaper.</summary>
    public bool CopiesStates { get; init; }

    /// <summary>Does what the world can wait for on another core: what devices will say, what clients were told. It changes nothing in what happens.</summary>
    public bool UsesSecondCore { get; init; }

    /// <summary>How its processes are set up; null to leave that to the seed.</summary>
    internal Setup? Setup { get; init; }

    /// <summary>How each device reports: 96 times a day.</summary>
    internal static TimeSpan ReportEvery { get; } = TimeSpan.FromMinutes(15);

    /// <summary>When every world begins: an ordinary Thursday afternoon, UTC.</summary>
    internal static DateTimeOffset Start { get; } = new(2026, 3, 5, 15, 0, 0, TimeSpan.Zero);

    /// <summary>A department for a day: many devices, nothing goes wrong, checked every six hours.</summary>
    public static SimulationOptions OfDepartment(string department, int devices, int hours, long seed, FaultRates faults) => new()
    {
        Department = department,
        Devices = devices,
        Communes = 0,
        Hours = hours,
        Seed = seed,
        Faults = faults,
        CheckEvery = TimeSpan.FromHours(6),
        ChangesPerHour = 1,
        CommandsPerHour = 100,
        AlarmOrdersPerHour = 100,
        GroupsPerHour = 1,
        PlansPerHour = 0,
        ParametersPerHour = 0,
        PagesPerHour = 0,
        RulesPerHour = 0,
        WorkOrdersPerHour = 0,
        JournalOneSectorIn = Math.Max(1, devices / 2_000),
        CopiesStates = true,
        UsesSecondCore = true,
        Setup = Setup.Large,
    };

    /// <summary>Checks what a world cannot be made without.</summary>
    /// <exception cref="ArgumentException">Names the option, its value and what is expected.</exception>
    public void Validate()
    {
        if (TerritoryTable.Shared.CommunesOf(Department).IsEmpty)
        {
            throw new ArgumentException($"--department is '{Department}'; the code of a department with communes is expected, such as 29 or 2A.");
        }

        if (Plant is not null && !Plants.Plant.Names.Contains(Plant))
        {
            throw new ArgumentException($"--plant is '{Plant}'; a bug that can be planted is expected: {string.Join(", ", Plants.Plant.Names)}.");
        }
    }

    /// <summary>The options of the command that runs this world again.</summary>
    public string ToCommand() => string.Create(
        CultureInfo.InvariantCulture,
        $"--department {Department} --devices {Devices} --communes {Communes} --hours {Hours} --clients {Clients} --seed {Seed} --faults {Faults}{(Plant is null ? "" : $" --plant {Plant}")} --trace trace.txt");
}
