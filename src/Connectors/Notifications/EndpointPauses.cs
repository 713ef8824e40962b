using System.Collections.Immutable;

namespace Grid.Connectors.Notifications;

/// <summary>Endpoints that are left alone for a while since a try has just failed. As many as there are endpoints at most.</summary>
internal sealed class EndpointPauses
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public void Pause(string endpoint, DateTimeOffset until)
    {
        lock (_gate)
        {
            _until[endpoint] = until;
        }
    }

    /// <summary>Those that are still left alone; the others are forgotten.</summary>
    public ImmutableArray<string> At(DateTimeOffset now)
    {
        lock (_gate)
        {
            foreach (var (over, _) in _until.Where(pause => pause.Value <= now).ToArray())
            {
                _until.Remove(over);
            }

            return [.. _until.Keys];
        }
    }
}
