using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Grid.Tests.Database;

/// <summary>
/// A real PostgreSQL server of the tests' own: on loopback, on a free port, in a temporary directory that goes with it. Root may not run it, so that
/// under root it runs as the user <c>postgres</c>.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const int InterruptSignal = 2;
    private const int QuitSignal = 3;
    private const string Account = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string? Programs = FindPrograms();

    private readonly string _directory;
    private readonly bool _syncs;
    private Process? _process;

    private PostgresServer(string directory, bool syncs)
    {
        _directory = directory;
        _syncs = syncs;
        Port = FreePort();
    }

    /// <summary>Its port on 127.0.0.1; the same after a restart.</summary>
    public int Port { get; }

    /// <summary>Why there can be no server here; null when there can.</summary>
    public static string? Missing =>
        Programs is null ? "PostgreSQL is not installed (below /usr/lib/postgresql, or initdb in PATH)"
        : Environment.IsPrivilegedProcess && !File.ReadLines("/etc/passwd").Any(line => line.StartsWith(Account + ":", StringComparison.Ordinal)) ? $"there is no user {Account} to run PostgreSQL as"
        : null;

    /// <summary>Makes a server and starts it.</summary>
    /// <param name="syncs">Whether it syncs its files as in production; without it a loss of power would lose data, a kill of the server does not.</param>
    public static async Task<PostgresServer> StartAsync(bool syncs)
    {
        var directory = Directory.CreateTempSubdirectory("grid-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", Account, directory);
        }

        var server = new PostgresServer(directory, syncs);
        await RunAsync(server.Command("initdb", "-D", Path.Combine(directory, "data"), "-A", "trust", "-U", Account, "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"));
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string of a database of it.</summary>
    public string Connection(string database = Account) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={Account}");

    /// <summary>Starts it again after a stop, on the same port.</summary>
    public async Task StartAsync()
    {
        string[] settings = _syncs ? [] : ["-c", "fsync=off", "-c", "full_page_writes=off"];
        var start = Command(
            "postgres",
            [
                "-D", Path.Combine(_directory, "data"), "-k", _directory, "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
                "-c", "max_connections=300", "-c", "shared_buffers=64MB", "-c", "log_min_messages=log", .. settings,
            ]);
        var said = new List<string>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                said.Add(line.Data ?? "");
                said.RemoveRange(0, Math.Max(0, said.Count - 20));
            }

            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"PostgreSQL has ended: {string.Join('\n', said)}"));
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        _process = process;
        await ready.Task.WaitAsync(Patience);
    }

    /// <summary>Stops it at once, as a crash would: sessions are cut, and the next start recovers.</summary>
    public Task StopAtOnceAsync() => StopAsync(QuitSignal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(InterruptSignal);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StopAsync(int signal)
    {
        if (_process is { } process)
        {
            _process = null;
            if (!process.HasExited && kill(process.Id, signal) != 0)
            {
                throw new InvalidOperationException($"PostgreSQL (process {process.Id}) could not be stopped.");
            }

            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
        }
    }

    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        string[] all = Environment.IsPrivilegedProcess ? ["--reuid", Account, "--regid", Account, "--init-groups", path, .. arguments] : arguments;
        return new ProcessStartInfo(Environment.IsPrivilegedProcess ? "setpriv" : path, all)
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C" },
        };
    }

    private static Task RunAsync(string program, params string[] arguments) =>
        RunAsync(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });

    private static async Task RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await output}{await error}");
        }
    }

    /// <summary>The programs of the newest version that is installed; those in PATH may be wrappers that know only a cluster of the system's.</summary>
    private static string? FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return installed.OrderByDescending(path => int.TryParse(Path.GetFileName(path), out var version) ? version : 0)
            .Select(path => Path.Combine(path, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
            .FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
