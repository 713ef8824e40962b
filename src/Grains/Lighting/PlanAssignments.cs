using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>What assignments cover, and which of several plans a device is under. Pure.</summary>
public static class PlanAssignments
{
    /// <summary>Most assignments of a plan.</summary>
    public const int MaximumAssignments = 1_000;

    /// <summary>Most devices named by a plan's assignments.</summary>
    public const int MaximumIds = 10_000;

    /// <summary>Everything that an assignment takes, with the field that names it: nothing may be taken by two plans.</summary>
    public static IEnumerable<(string Key, string Field)> KeysOf(ImmutableArray<PlanAssignment> assignments)
    {
        for (var index = 0; index < assignments.Length; index++)
        {
            var assignment = assignments[index];
            var field = string.Create(CultureInfo.InvariantCulture, $"[{index}]");
            if (assignment.Commune is { } commune)
            {
                yield return (OfCommune(commune, assignment.Group), $"{field}.commune");
            }

            if (assignment.Syndicate is { } syndicate)
            {
                yield return (OfBody(syndicate, assignment.Group), $"{field}.syndicate");
            }

            if (assignment.Cabinet is { } cabinet)
            {
                yield return (OfCabinet(cabinet), $"{field}.cabinet");
            }

            for (var id = 0; id < assignment.Ids.Length; id++)
            {
                yield return (OfDevice(assignment.Ids[id]), string.Create(CultureInfo.InvariantCulture, $"{field}.ids[{id}]"));
            }
        }
    }

    /// <summary>What could give a device its plan, the most particular first.</summary>
    /// <param name="target">The device.</param>
    /// <param name="bodies">SIREN codes of the bodies that are competent for it, in the order that counts.</param>
    public static IEnumerable<string> KeysFor(PlanTarget target, IReadOnlyCollection<string> bodies)
    {
        yield return OfDevice(target.Device);
        if (target.Cabinet is { } cabinet)
        {
            yield return OfCabinet(cabinet);
        }

        if (target.Group is { } group)
        {
            yield return OfCommune(target.Commune, group);
        }

        yield return OfCommune(target.Commune, null);
        foreach (var body in target.Group is null ? [] : bodies)
        {
            yield return OfBody(body, target.Group);
        }

        foreach (var body in bodies)
        {
            yield return OfBody(body, null);
        }
    }

    /// <summary>What is wrong with assignments in themselves, and with what they name.</summary>
    /// <param name="assignments">The assignments.</param>
    /// <param name="isCommune">Whether a commune is known.</param>
    /// <param name="bodies">The bodies that are known.</param>
    /// <param name="kindOf">The kind of a device, null when there is none.</param>
    public static ImmutableArray<PlanFault> Check(
        ImmutableArray<PlanAssignment> assignments, Func<string, bool> isCommune, IReadOnlySet<string> bodies, Func<string, DeviceKind?> kindOf)
    {
        var faults = ImmutableArray.CreateBuilder<PlanFault>();
        if (assignments.Length > MaximumAssignments || assignments.Sum(assignment => assignment.Ids.Length) > MaximumIds)
        {
            return [new("assignments", $"must be at most {MaximumAssignments}, with at most {MaximumIds} ids in all")];
        }

        for (var index = 0; index < assignments.Length; index++)
        {
            var assignment = assignments[index];
            var field = string.Create(CultureInfo.InvariantCulture, $"[{index}]");
            var named = (assignment.Commune is null ? 0 : 1) + (assignment.Syndicate is null ? 0 : 1) + (assignment.Cabinet is null ? 0 : 1) + (assignment.Ids.IsEmpty ? 0 : 1);
            if (named != 1)
            {
                faults.Add(new(field, "must have exactly one of commune, syndicate, cabinet and ids"));
            }

            if (assignment.Commune is { } commune && !isCommune(commune))
            {
                faults.Add(new($"{field}.commune", "is no commune that is known"));
            }

            if (assignment.Syndicate is { } syndicate && !bodies.Contains(syndicate))
            {
                faults.Add(new($"{field}.syndicate", "is no body that is known"));
            }

            if (assignment.Cabinet is { } cabinet && kindOf(cabinet) != DeviceKind.Cabinet)
            {
                faults.Add(new($"{field}.cabinet", "is no cabinet that is known"));
            }

            if (assignment.Group is { } group && (!Devices.DescriptorRules.IsKey(group) || (assignment.Commune ?? assignment.Syndicate) is null))
            {
                faults.Add(new($"{field}.group", $"must be 1 to {Devices.DescriptorRules.IdLength} of A-Z a-z 0-9 . _ : -, with a commune or a syndicate"));
            }

            for (var id = 0; id < assignment.Ids.Length; id++)
            {
                if (kindOf(assignment.Ids[id]) is not (DeviceKind.Streetlight or DeviceKind.Cabinet))
                {
                    faults.Add(new(string.Create(CultureInfo.InvariantCulture, $"{field}.ids[{id}]"), "is no light point and no cabinet that is known"));
                }
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        faults.AddRange(KeysOf(assignments).Where(item => !seen.Add(item.Key)).Select(item => new PlanFault(item.Field, "is given twice")));
        return faults.DrainToImmutable();
    }

    private static string OfDevice(string device) => $"device:{device}";

    private static string OfCabinet(string cabinet) => $"cabinet:{cabinet}";

    private static string OfCommune(string commune, string? group) => group is null ? $"commune:{commune}" : $"commune:{commune}/{group}";

    private static string OfBody(string siren, string? group) => group is null ? $"syndicate:{siren}" : $"syndicate:{siren}/{group}";
}
