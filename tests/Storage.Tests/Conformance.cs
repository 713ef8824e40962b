namespace Grid.Tests.Storage;

/// <summary>A port under test. Each test has one of its own, empty at first, with what it held after a restart.</summary>
/// <typeparam name="T">The port.</typeparam>
public abstract class Conformance<T> : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private IAsyncDisposable _store = null!;

    protected T Port { get; private set; } = default!;

    /// <summary>Opens the store of this test in its directory: the port, and what closes it in order.</summary>
    protected abstract Task<(T Port, IAsyncDisposable Store)> OpenAsync(TempDirectory directory);

    public async ValueTask InitializeAsync() => (Port, _store) = await OpenAsync(_directory);

    public virtual async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task RestartAsync()
    {
        await _store.DisposeAsync();
        (Port, _store) = await OpenAsync(_directory);
    }
}
