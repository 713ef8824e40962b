using System.Diagnostics;

namespace Grid.Tests.Operations;

/// <summary>Errors and delays in the system calls of a real process, made by strace's injection: what a disk does that fails or is slow.</summary>
internal static class InjectedFault
{
    /// <summary>What runs a program so that calls that concern some files fail or wait.</summary>
    /// <param name="calls">The calls, such as <c>fdatasync,fsync</c>.</param>
    /// <param name="fault">What becomes of them, such as <c>error=EIO:when=20+</c> (counted by thread) or <c>delay_enter=200000</c> (microseconds).</param>
    /// <param name="trace">Where each of the calls is noted.</param>
    /// <param name="files">The files, which need not exist yet.</param>
    public static string[] In(string calls, string fault, string trace, params string[] files)
    {
        Require();
        return ["strace", "-f", "-qq", "-o", trace, "-e", $"trace={calls}", .. files.SelectMany(file => (string[])["-P", file]), "-e", $"inject={calls}:{fault}"];
    }

    /// <summary>Skips the test with the reason where nothing can be traced.</summary>
    public static void Require()
    {
        try
        {
            using var strace = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { RedirectStandardError = true })!;
            var error = strace.StandardError.ReadToEnd();
            strace.WaitForExit();
            if (strace.ExitCode != 0)
            {
                Assert.Skip($"strace cannot trace here: {error.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("strace is not installed");
        }
    }
}
