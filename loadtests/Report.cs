using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Grid.LoadTests;

/// <summary>Writes a scenario's report: to the terminal, and as JSON where asked.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(ScenarioOptions options, ScenarioOutcome outcome)
    {
        foreach (var result in outcome.Results)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Name,-32} {result.Value,16:#,##0.###} {result.Unit}"));
        }

        foreach (var failure in outcome.Failures)
        {
            Console.Error.WriteLine($"does not hold: {failure}");
        }

        if (options.JsonFile is null)
        {
            return;
        }

        await File.WriteAllTextAsync(options.JsonFile, JsonSerializer.Serialize(
            new
            {
                options.Scenario,
                Commit = Commit(),
                Machine = new { Cores = Environment.ProcessorCount, MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Os = Environment.OSVersion.ToString() },
                Options = options.Used,
                outcome.Results,
                outcome.Failures,
            },
            Json));
    }

    private static string Commit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "rev-parse --short HEAD") { RedirectStandardOutput = true, RedirectStandardError = true });
            var commit = git!.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
