namespace Grid.Contracts.Rights;

/// <summary>What a caller must be allowed to do.</summary>
public enum Right : byte
{
    /// <summary>Only other grains and the processes of the grid; never a person or an integration.</summary>
    Internal = 0,

    /// <summary>Everybody, without signing in.</summary>
    Public = 1,

    /// <summary>See devices, figures and live streams.</summary>
    Read = 2,

    /// <summary>Send readings on behalf of devices.</summary>
    SendReadings = 3,

    /// <summary>Command devices.</summary>
    Command = 4,

    /// <summary>Create, change and remove devices.</summary>
    ManageDevices = 5,

    /// <summary>Change bodies, their members, and the system.</summary>
    Administer = 6,

    /// <summary>See what is personal: names, places and attributes of persons' devices, and what dwelling meters measure.</summary>
    PersonalData = 7,

    /// <summary>Erase a person: for an administrator or a data protection officer.</summary>
    ErasePersonalData = 8,

    /// <summary>Open work orders and act on them: for field technicians and their dispatchers.</summary>
    Intervene = 12,
}

/// <summary>
/// The right that a route, hub method or grain interface needs. One without it stops the program at start: closed unless told otherwise.
/// Put it on grain interfaces and hub methods, and add it to a route as endpoint metadata.
/// </summary>
/// <param name="right">The right.</param>
[AttributeUsage(AttributeTargets.Interface | AttributeTargets.Method | AttributeTargets.Class)]
public sealed class RequiresRightAttribute(Right right) : Attribute
{
    /// <summary>The right.</summary>
    public Right Right { get; } = right;
}
