using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Concurrency;
using Orleans.Utilities;

namespace Grid.Tests.Runtime;

public interface ITellObserver : IGrainObserver
{
    [OneWay]
    void OnTold(string what);

    Task<int> Ask(int number);
}

public interface ITellerGrain : IGrainWithStringKey
{
    Task Join(ITellObserver observer);

    Task Tell(string what);

    Task<int> AskAll(int number);

    Task<int> Observers();
}

public sealed class TellerGrain : Grain, ITellerGrain
{
    private readonly ObserverManager<ITellObserver> _observers = new(TimeSpan.FromMinutes(5), NullLogger.Instance);

    public Task Join(ITellObserver observer)
    {
        _observers.Subscribe(observer, observer);
        return Task.CompletedTask;
    }

    public async Task Tell(string what) => await _observers.Notify(observer =>
    {
        observer.OnTold(what);
        return Task.CompletedTask;
    });

    public async Task<int> AskAll(int number)
    {
        var sum = 0;
        await _observers.Notify(async observer => sum += await observer.Ask(number));
        return sum;
    }

    public Task<int> Observers()
    {
        _observers.ClearExpired();
        return Task.FromResult(_observers.Count);
    }
}

public sealed class Listener : ITellObserver
{
    public List<string> Told { get; } = [];

    public void OnTold(string what) => Told.Add(what);

    public Task<int> Ask(int number) => Task.FromResult(number * 2);
}

public interface IShapeGrain : IGrainWithStringKey
{
    Task<string> Name();
}

public interface ISquareGrain : IShapeGrain
{
    Task<int> Side();
}

public interface ICircleGrain : IShapeGrain
{
    Task<int> Radius();
}

public sealed class SquareGrain : Grain, ISquareGrain
{
    public Task<string> Name() => Task.FromResult("square");

    public Task<int> Side() => Task.FromResult(4);
}

public sealed class CircleGrain : Grain, ICircleGrain
{
    public Task<string> Name() => Task.FromResult("circle");

    public Task<int> Radius() => Task.FromResult(1);
}

public interface INobodyGrain : IGrainWithStringKey
{
    Task Call();
}
