using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>The real <c>@microsoft/signalr</c> client under Node, watching a scope.</summary>
internal sealed class NodeWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Patience = Eventually.Patience;
    private static readonly Lazy<Task> Restored = new(RestoreAsync);

    private readonly Process _node;

    private NodeWatcher(Process node) => _node = node;

    /// <summary>Null when Node is here, else why it is not.</summary>
    public static string? Missing()
    {
        try
        {
            using var node = Start("node", "--version");
            node.WaitForExit();
            return null;
        }
        catch (Win32Exception)
        {
            return "Node.js is not installed";
        }
    }

    public static async Task<NodeWatcher> WatchAsync(string address, string token, string scope, string options)
    {
        await Restored.Value;
        return new(Start("node", "watch.mjs", address, token, scope, options));
    }

    /// <summary>The next frame.</summary>
    public async Task<JsonElement> FrameAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        var line = await _node.StandardOutput.ReadLineAsync(limit.Token);
        Assert.NotNull(line);
        return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>The next frame that shows what is looked for, and how many came before it.</summary>
    public async Task<JsonElement> FrameAsync(Func<JsonElement, bool> isWanted)
    {
        while (true)
        {
            var frame = await FrameAsync();
            Assert.DoesNotContain(frame.GetProperty("type").GetString(), new[] { "failed", "refused", "completed" });
            if (isWanted(frame))
            {
                return frame;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await _node.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _node.Kill();
        }

        _node.Dispose();
    }

    private static async Task RestoreAsync()
    {
        if (Directory.Exists(Path.Combine(Folder(), "node_modules", "@microsoft", "signalr")))
        {
            return;
        }

        using var npm = Start("npm", "ci", "--no-audit", "--no-fund");
        var output = npm.StandardOutput.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, await output);
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder(),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    }) ?? throw new InvalidOperationException($"{program} did not start.");

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "..", "node");
}
