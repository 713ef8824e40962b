using System.Text.Json;

namespace Grid.Simulation.Live;

/// <summary>A device as a client shows it: status and metrics as they were told last. What it shows already is compared without a new string.</summary>
internal sealed class ShownDevice
{
    private readonly List<(string Name, double Value)> _metrics = [];

    public string Status { get; private set; } = "";

    public IReadOnlyList<(string Name, double Value)> Metrics => _metrics;

    public void Show(JsonElement status, JsonElement metrics)
    {
        if (!status.ValueEquals(Status))
        {
            Status = status.GetString()!;
        }

        foreach (var metric in metrics.EnumerateObject())
        {
            var index = IndexOf(metric);
            if (index < 0)
            {
                _metrics.Add((metric.Name, metric.Value.GetDouble()));
            }
            else
            {
                _metrics[index] = (_metrics[index].Name, metric.Value.GetDouble());
            }
        }
    }

    private int IndexOf(JsonProperty metric)
    {
        for (var index = 0; index < _metrics.Count; index++)
        {
            if (metric.NameEquals(_metrics[index].Name))
            {
                return index;
            }
        }

        return -1;
    }
}
