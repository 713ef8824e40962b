using Grid.Client.Live;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;

namespace Grid.Client.Devices;

/// <summary>A device and what it shows of itself.</summary>
/// <param name="Device">What is registered.</param>
/// <param name="View">What it says.</param>
internal readonly record struct ViewedDevice(DeviceDescriptor Device, DeviceView View);

/// <summary>Asks the devices of a commune what they show, a few at a time: the registry says who there is, each device answers for itself.</summary>
internal sealed class CommuneViews(IDeviceRegistry registry, IGridGrains grains)
{
    private const int Page = 1_000;
    private const int AtOnce = 64;

    /// <summary>The devices by key, and whether these are all of them.</summary>
    /// <param name="commune">INSEE code.</param>
    /// <param name="kinds">The kinds wanted.</param>
    /// <param name="isWanted">Which of them are asked.</param>
    /// <param name="maximum">How many are asked at most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(ViewedDevice[] Devices, bool IsComplete)> OfAsync(
        string commune, DeviceKinds kinds, Func<DeviceDescriptor, bool> isWanted, int maximum, CancellationToken cancellationToken)
    {
        var (wanted, isComplete) = await FindAsync(commune, kinds, isWanted, maximum, cancellationToken);
        var viewed = new ViewedDevice[wanted.Count];
        await FewAtOnce.EachAsync(
            wanted.Count,
            AtOnce,
            async index => viewed[index] = new(wanted[index], await grains.Device(wanted[index].Kind, wanted[index].Id).GetView()),
            cancellationToken);
        return (viewed, isComplete);
    }

    private async Task<(List<DeviceDescriptor> Devices, bool IsComplete)> FindAsync(
        string commune, DeviceKinds kinds, Func<DeviceDescriptor, bool> isWanted, int maximum, CancellationToken cancellationToken)
    {
        var wanted = new List<DeviceDescriptor>();
        for (var query = new DeviceQuery { Communes = [(commune, kinds)], Limit = Page }; ;)
        {
            var page = await registry.ListAsync(query, cancellationToken);
            foreach (var device in page.Select(record => record.Descriptor).Where(isWanted))
            {
                if (wanted.Count == maximum)
                {
                    return (wanted, false);
                }

                wanted.Add(device);
            }

            if (page.Length < Page)
            {
                return (wanted, true);
            }

            query = query with { After = page[^1].Descriptor.Id };
        }
    }
}
