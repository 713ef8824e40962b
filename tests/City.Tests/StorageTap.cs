using System.Collections.Concurrent;
using System.Text.Json;
using Grid.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Tests.City;

/// <summary>Sees what grains persist, and may hold it up or refuse it.</summary>
internal sealed class StorageTap
{
    private readonly ConcurrentQueue<(Type State, int Bytes)> _written = new();

    /// <summary>Called before a state is written; what it throws the grain gets in place of the write.</summary>
    public Func<object?, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>What was written, in order: the type of the state and the bytes of its JSON.</summary>
    public IEnumerable<(Type State, int Bytes)> Written => _written;

    public void Register(IServiceCollection services) => services.AddSingleton(this);

    public IGrainStorage Over(IGrainStorage inner) => new Tapped(this, inner);

    private sealed class Tapped(StorageTap tap, IGrainStorage inner) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ReadStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options).Length;
            await tap.Before(grainState.State);
            await inner.WriteStateAsync(stateName, grainId, grainState);
            tap._written.Enqueue((typeof(T), bytes));
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
            inner.ClearStateAsync(stateName, grainId, grainState);
    }
}
