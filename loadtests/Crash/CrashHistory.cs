using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.LoadTests.Crash;

/// <summary>
/// Reads the history of some devices back: each reading that was acknowledged is there once, none that was refused is there, and one that got no
/// answer is there once or not at all.
/// </summary>
internal sealed class CrashHistory(CrashFleet fleet, CrashReport report)
{
    /// <summary>Of the devices that report, one in so many is looked at.</summary>
    private const int OneIn = 5;

    /// <summary>History is fed beside the work: what was acknowledged is there within this.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    private readonly DateTimeOffset _began = DateTimeOffset.UtcNow.AddMinutes(-1);

    public async Task RunAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var chosen = fleet.Devices.Where(device => !device.IsPassive).Where((_, index) => index % OneIn == 0).Where(device => device.Newest.Acknowledged > 0);
        var until = DateTime.UtcNow + Within;
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellationToken }, async (device, _) =>
        {
            while (true)
            {
                var shown = await OrdinalsAsync(http, device, cancellationToken);
                var missing = Expected(device).Except(shown).ToList();
                if (missing.Count > 0 && DateTime.UtcNow < until)
                {
                    await Task.Delay(100, cancellationToken);
                    continue;
                }

                foreach (var ordinal in missing)
                {
                    report.Lost($"reading {ordinal} of {device.Id} is not in history");
                }

                foreach (var twice in shown.GroupBy(ordinal => ordinal).Where(group => group.Count() > 1))
                {
                    report.Duplicated($"reading {twice.Key} of {device.Id} is {twice.Count()} times in history");
                }

                foreach (var foreign in shown.Where(ordinal => ordinal < 1 || ordinal > device.Sent || device.NotTaken.Contains(ordinal)).Distinct())
                {
                    report.Duplicated($"reading {foreign} of {device.Id} was not taken and is in history");
                }

                return;
            }
        });
    }

    /// <summary>The readings that were acknowledged.</summary>
    private static IEnumerable<long> Expected(CrashDevice device)
    {
        for (var ordinal = 1L; ordinal <= device.Sent; ordinal++)
        {
            if (!device.NotTaken.Contains(ordinal) && !device.MaybeTaken.Contains(ordinal))
            {
                yield return ordinal;
            }
        }
    }

    private async Task<List<long>> OrdinalsAsync(HttpClient http, CrashDevice device, CancellationToken cancellationToken)
    {
        var ordinals = new List<long>();
        var first = string.Create(CultureInfo.InvariantCulture, $"&from={_began:yyyy-MM-ddTHH:mm:ss.fffZ}&to={DateTimeOffset.UtcNow.AddHours(1):yyyy-MM-ddTHH:mm:ss.fffZ}");
        for (string? page = first; page is not null;)
        {
            var answer = await http.GetFromJsonAsync<JsonElement>($"/api/v1/devices/{Uri.EscapeDataString(device.Id)}/history?metric=ordinal{page}", cancellationToken);
            ordinals.AddRange(answer.GetProperty("points").EnumerateArray().Select(point => (long)point.GetProperty("value").GetDouble()));
            page = answer.TryGetProperty("nextCursor", out var cursor) && cursor.ValueKind == JsonValueKind.String
                ? $"{first}&cursor={Uri.EscapeDataString(cursor.GetString()!)}"
                : null;
        }

        return ordinals;
    }
}
