using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Grains.Intake;

/// <summary>Devices that one caller registers, each with its sector, and what became of that.</summary>
internal sealed class WaitingPut(ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> devices)
{
    private (int Created, int Replaced)? _counts;
    private ExceptionDispatchInfo? _failure;

    public ImmutableArray<(DeviceDescriptor Descriptor, string Sector)> Devices { get; } = devices;

    public bool IsDone => _counts is not null || _failure is not null;

    public void Succeed(int created, int replaced) => _counts = (created, replaced);

    /// <summary>Of those that fail together, each is told. What succeeded stays so.</summary>
    public void Fail(Exception exception)
    {
        if (!IsDone)
        {
            _failure = ExceptionDispatchInfo.Capture(exception);
        }
    }

    public RegistrationResult Result(ImmutableArray<RegistrationError> errors)
    {
        _failure?.Throw();
        return new RegistrationResult(_counts!.Value.Created, _counts.Value.Replaced, errors);
    }
}

/// <summary>
/// Registrations that wait for their turn: whoever's turn it is takes the others along, so that one commit of the registry and one of the log serve many callers
/// who register a device each. For any thread.
/// </summary>
internal sealed class WaitingPuts
{
    private const int DevicesTogether = 1_000;

    private readonly Lock _gate = new();
    private readonly LinkedList<WaitingPut> _waiting = new();

    public void Add(WaitingPut put)
    {
        lock (_gate)
        {
            _waiting.AddLast(put);
        }
    }

    /// <summary>A caller gives up: what is not taken is not done.</summary>
    public void Withdraw(WaitingPut put)
    {
        lock (_gate)
        {
            _waiting.Remove(put);
        }
    }

    /// <summary>Takes one and those that go with it: as many as are few enough, and of each device only one registration.</summary>
    public ImmutableArray<WaitingPut> TakeWith(WaitingPut first)
    {
        lock (_gate)
        {
            _waiting.Remove(first);
            var taken = ImmutableArray.CreateBuilder<WaitingPut>();
            taken.Add(first);
            var devices = first.Devices.Select(device => device.Descriptor.Id).ToHashSet(StringComparer.Ordinal);
            for (var node = _waiting.First; node is not null && devices.Count < DevicesTogether;)
            {
                var (next, put) = (node.Next, node.Value);
                if (devices.Count + put.Devices.Length <= DevicesTogether && !put.Devices.Any(device => devices.Contains(device.Descriptor.Id)))
                {
                    devices.UnionWith(put.Devices.Select(device => device.Descriptor.Id));
                    taken.Add(put);
                    _waiting.Remove(node);
                }

                node = next;
            }

            return taken.ToImmutable();
        }
    }
}
