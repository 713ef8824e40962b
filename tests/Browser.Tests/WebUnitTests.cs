using System.Diagnostics;
using System.Reflection;

namespace Grid.Tests.Browser;

public sealed class WebUnitTests
{
    [Fact]
    public async Task The_pages_own_unit_tests_pass()
    {
        var source = typeof(WebUnitTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "WebSource").Value!;
        using var process = Process.Start(new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "test")
        {
            WorkingDirectory = source,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, $"{await output}\n{await error}");
        Assert.Contains("# fail 0", await output, StringComparison.Ordinal);
    }
}
