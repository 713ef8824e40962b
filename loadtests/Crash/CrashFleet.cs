using System.Globalization;

namespace Grid.LoadTests.Crash;

/// <summary>
/// The devices and bodies of a crash run: some of every kind in small communes and in a city of many sectors, lamps that follow a cabinet,
/// bodies with and without a limit of kinds.
/// </summary>
internal sealed class CrashFleet
{
    /// <summary>Brest (tens of sectors), Quimper, Landerneau, Plabennec, Île-Molène.</summary>
    public static readonly string[] Communes = ["29019", "29232", "29103", "29160", "29084"];

    /// <summary>A body of all kinds, and one for lighting only.</summary>
    public static readonly string[] Bodies = ["900000001", "900000002"];

    /// <summary>The kinds that the second body counts.</summary>
    public static readonly string[] LightingKinds = ["cabinet", "streetlight"];

    private static readonly string[] Kinds = ["bin", "meter", "building", "environment", "streetlight"];

    public CrashFleet(int devices)
    {
        for (var number = 0; Devices.Count < devices; number++)
        {
            var name = number.ToString("D4", CultureInfo.InvariantCulture);
            var kind = Kinds[number % Kinds.Length];
            Add(new($"crash:{kind}:{name}", kind, kind == "meter" ? "{\"fluid\":\"water\"}" : "{}"));
            if (number % 10 == 0)
            {
                var cabinet = $"crash:cabinet:{name}";
                Add(new(cabinet, "cabinet", "{}"));
                for (var lamp = 0; lamp < 4; lamp++)
                {
                    Add(new(
                        string.Create(CultureInfo.InvariantCulture, $"crash:passive:{name}-{lamp}"),
                        "streetlight",
                        string.Create(CultureInfo.InvariantCulture, $$"""{"cabinet":"{{cabinet}}","segment":{{1 + (lamp % 2)}},"ratedWatts":{{60 + lamp}},"passive":true}""")));
                }
            }
        }
    }

    public List<CrashDevice> Devices { get; } = [];

    /// <summary>Bins that come and go and never report.</summary>
    public List<CrashDevice> Visitors { get; } = [.. Enumerable.Range(0, 20).Select(number => new CrashDevice(string.Create(CultureInfo.InvariantCulture, $"crash:visitor:{number:D4}"), "bin", "{}"))];

    /// <summary>Where a device is put first; a cabinet and its lamps together.</summary>
    public static string CommuneOf(CrashDevice device) =>
        Communes[int.Parse(device.Id.AsSpan(device.Id.LastIndexOf(':') + 1, 4), CultureInfo.InvariantCulture) / 10 % Communes.Length];

    /// <summary>Name of each body, and the communes that are its members.</summary>
    public Witness<string>[] BodyNames { get; } = [new(""), new("")];

    public Witness<string>[] BodyMembers { get; } = [new(""), new("")];

    private void Add(CrashDevice device) => Devices.Add(device);
}
