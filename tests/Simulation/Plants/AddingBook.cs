using Grid.Contracts.Devices;
using Grid.Grains.Sectors;

namespace Grid.Simulation.Plants;

/// <summary>Books in which what a device contributes adds up instead of being replaced.</summary>
internal sealed class AddingBook : SectorBook
{
    public override void Replace(SectorDevice device, in Contribution contribution) => base.Replace(device, contribution with
    {
        PowerMilliwatts = device.Contribution.PowerMilliwatts + contribution.PowerMilliwatts,
        FlowMillilitresPerHour = device.Contribution.FlowMillilitresPerHour + contribution.FlowMillilitresPerHour,
    });
}
