using System.Collections.Concurrent;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City.Rules;

/// <summary>Notes what it is told, each id once.</summary>
internal sealed class Outlet : IRuleOutlet
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string Device, string What, string Message)> _byId = new();
    private readonly ConcurrentQueue<string> _order = new();

    public IEnumerable<(DateTimeOffset At, string Device, string Message)> Told => _order.Select(id => _byId[id]).Where(one => one.What == "notify").Select(one => (one.At, one.Device, one.Message));

    public IEnumerable<(DateTimeOffset At, string Device, string What)> All => _byId.Values.Select(one => (one.At, one.Device, one.What));

    /// <summary>All that it was told, with the message or the name of the flag.</summary>
    public IEnumerable<(DateTimeOffset At, string Device, string What, string Message)> Everything => _byId.Values;

    /// <summary>How often it will still fail.</summary>
    public int Failures { get; set; }

    /// <summary>A device of which it takes nothing.</summary>
    public string? Refuses { get; set; }

    /// <summary>What it was told of a device, in order.</summary>
    public IEnumerable<string> OrderOf(string device) => _order.Select(id => _byId[id]).Where(one => one.Device == device).Select(one => one.What);

    public void Register(IServiceCollection services) => services.AddSingleton<IRuleOutlet>(this);

    public Task OpenWorkOrderAsync(RuleOrigin origin, RuleWorkOrder order, CancellationToken cancellationToken) => NoteAsync(order, origin, "workOrder", order.Note ?? "");

    public Task NotifyAsync(RuleOrigin origin, RuleNotification notification, CancellationToken cancellationToken) => NoteAsync(notification, origin, "notify", notification.Message);

    public async Task<BilingualText?> SetFlagAsync(RuleOrigin origin, RuleFlag flag, CancellationToken cancellationToken)
    {
        await NoteAsync(flag, origin, flag.IsSet ? "setFlag" : "endFlag", flag.Name);
        return null;
    }

    private Task NoteAsync(RuleAction action, RuleOrigin origin, string what, string message)
    {
        if (Failures > 0)
        {
            Failures--;
            return Task.FromException(new IOException("planted"));
        }

        if (origin.Device == Refuses)
        {
            return Task.FromException(new IOException("planted"));
        }

        // Told twice it is one: by its id.
        if (_byId.TryAdd(action.Id, (action.At, origin.Device, what, message)))
        {
            _order.Enqueue(action.Id);
        }

        return Task.CompletedTask;
    }
}
