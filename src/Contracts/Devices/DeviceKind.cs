namespace Grid.Contracts.Devices;

/// <summary>The trades of device that Grid knows. The numbers are stored: never renumber.</summary>
public enum DeviceKind : byte
{
    /// <summary>Lighting cabinet (armoire): feeds and measures a group of light points.</summary>
    Cabinet = 0,

    /// <summary>Light point, passive (follows its cabinet) or controlled (has its own controller).</summary>
    Streetlight = 1,

    /// <summary>Water, electricity, gas or heat meter.</summary>
    Meter = 2,

    /// <summary>Public building.</summary>
    Building = 3,

    /// <summary>Waste or glass container.</summary>
    Bin = 4,

    /// <summary>Environment sensor: river level, rain, air, noise, soil.</summary>
    Environment = 5,
}

/// <summary>A set of device kinds: the competence of a body, or a filter.</summary>
[Flags]
public enum DeviceKinds
{
    /// <summary>No kind.</summary>
    None = 0,

    /// <summary>Lighting cabinets.</summary>
    Cabinet = 1 << DeviceKind.Cabinet,

    /// <summary>Light points.</summary>
    Streetlight = 1 << DeviceKind.Streetlight,

    /// <summary>Meters.</summary>
    Meter = 1 << DeviceKind.Meter,

    /// <summary>Buildings.</summary>
    Building = 1 << DeviceKind.Building,

    /// <summary>Bins.</summary>
    Bin = 1 << DeviceKind.Bin,

    /// <summary>Environment sensors.</summary>
    Environment = 1 << DeviceKind.Environment,

    /// <summary>Every kind.</summary>
    All = Cabinet | Streetlight | Meter | Building | Bin | Environment,
}

/// <summary>What an operator sees of a device at a glance. The numbers are stored: never renumber.</summary>
public enum DeviceStatus : byte
{
    /// <summary>Never heard.</summary>
    Unknown = 0,

    /// <summary>Heard, and nothing is wrong.</summary>
    Ok = 1,

    /// <summary>A condition that wants attention.</summary>
    Warning = 2,

    /// <summary>The device, or what it watches, has failed.</summary>
    Fault = 3,

    /// <summary>Not heard for longer than its kind allows.</summary>
    Silent = 4,
}
