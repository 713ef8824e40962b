namespace Grid.Tests.Storage;

/// <summary>A port under test. Each test has one of its own, empty at first, with what it held after a restart.</summary>
/// <typeparam name="T">The port.</typeparam>
public abstract class Conformance<T> : IAsyncLifetime
{
    protected T Port { get; private set; } = default!;

    /// <summary>Opens the store of this test.</summary>
    protected abstract Task<T> OpenAsync();

    /// <summary>Closes it in order.</summary>
    protected abstract Task CloseAsync();

    public async ValueTask InitializeAsync() => Port = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task RestartAsync()
    {
        await CloseAsync();
        Port = await OpenAsync();
    }
}
