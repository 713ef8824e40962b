using System.Collections.Immutable;
using System.Reflection;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City;

/// <summary>Many callers who register a device each share the transactions of the registry, and nothing else.</summary>
public sealed class RegistrationsTogetherTests
{
    private const string Quimper = "29232";

    private readonly List<int> _transactions = [];
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    [Fact]
    public async Task Those_that_come_while_one_is_written_are_written_by_the_next_transaction_all_together()
    {
        await using var city = await TestCity.StartAsync(Hold);
        var putting = Enumerable.Range(0, 100).Select(number => PutAsync(city, Say.Lamp($"L{number}", Quimper))).ToArray();
        _released.SetResult();

        Assert.All(await Task.WhenAll(putting), result => Assert.Equal((1, 0, 0), (result.Created, result.Replaced, result.Errors.Length)));
        Assert.Equal([1, 99], _transactions);
        Assert.Equal((1, 1), (await PutAsync(city, Say.Lamp("L7", Quimper), Say.Lamp("L100", Quimper))) is var again ? (again.Created, again.Replaced) : default);
        Assert.Equal(101, await city.Get<IDeviceRegistry>().CountAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_same_device_is_registered_once_in_a_transaction_and_the_later_one_stays()
    {
        await using var city = await TestCity.StartAsync(Hold);
        Task<RegistrationResult>[] putting =
        [
            PutAsync(city, Say.Lamp("first", Quimper)),
            PutAsync(city, Say.Lamp("same", Quimper) with { Name = "former" }),
            PutAsync(city, Say.Lamp("same", Quimper) with { Name = "latter" }),
            PutAsync(city, Say.Lamp("last", Quimper)),
        ];
        _released.SetResult();
        await Task.WhenAll(putting);

        Assert.Equal([1, 2, 1], _transactions);
        Assert.Equal("latter", (await city.Get<IDeviceRegistry>().GetAsync("same", CancellationToken.None))!.Descriptor.Name);
    }

    [Fact]
    public async Task A_transaction_that_fails_is_told_to_each_of_them_and_the_next_is_not_touched_by_it()
    {
        await using var city = await TestCity.StartAsync(Hold);
        var first = PutAsync(city, Say.Lamp("first", Quimper));
        var second = PutAsync(city, Say.Lamp("second", Quimper));
        var third = PutAsync(city, Say.Lamp("third", Quimper));
        _failure = new IOException("as the test says");
        _released.SetResult();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<IOException>(() => third);
        _failure = null;
        Assert.Equal(1, (await PutAsync(city, Say.Lamp("second", Quimper))).Created);
    }

    [Fact]
    public async Task Whose_keys_are_elsewhere_keeps_no_other_from_being_registered()
    {
        await using var city = await TestCity.StartAsync(Hold);
        var first = PutAsync(city, Say.Lamp("first", Quimper));
        var persons = PutAsync(city, Say.Device("M1", DeviceKind.Meter, Quimper, ("fluid", AttributeValue.Of("water")), ("subscriber", AttributeValue.Of("elsewhere"))));
        var other = PutAsync(city, Say.Lamp("other", Quimper));
        _released.SetResult();

        await Assert.ThrowsAsync<KeysElsewhereException>(() => persons);
        Assert.Equal((1, 1), ((await first).Created, (await other).Created));
        Assert.Null(await city.Get<IDeviceRegistry>().GetAsync("M1", CancellationToken.None));
    }

    [Fact]
    public async Task Who_gives_up_before_its_turn_has_registered_nothing()
    {
        await using var city = await TestCity.StartAsync(Hold);
        using var patience = new CancellationTokenSource();
        var first = PutAsync(city, Say.Lamp("first", Quimper));
        var given = city.Get<IRegistrar>().PutAsync([Say.Lamp("given-up", Quimper)], patience.Token);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        _released.SetResult();
        await first;
        await PutAsync(city, Say.Lamp("after", Quimper));

        Assert.Null(await city.Get<IDeviceRegistry>().GetAsync("given-up", CancellationToken.None));
        Assert.Equal([1, 1], _transactions);
    }

    private static Task<RegistrationResult> PutAsync(TestCity city, params DeviceDescriptor[] devices) => city.Get<IRegistrar>().PutAsync(devices, CancellationToken.None);

    /// <summary>The registry does not begin to write before the test says so; the keys of one subscriber are with another process.</summary>
    private void Hold(IServiceCollection services)
    {
        Decorate<IDeviceRegistry>(services, (method, inner, arguments) => method == nameof(IDeviceRegistry.PutAsync)
            ? WriteAsync(inner, (ImmutableArray<(DeviceDescriptor, string)>)arguments[0]!)
            : null);
        Decorate<ISubscriberKeys>(services, static (method, _, arguments) => method == nameof(ISubscriberKeys.EnsureAsync) && ((IReadOnlyCollection<string>)arguments[0]!).Contains("elsewhere")
            ? throw new KeysElsewhereException("as the test says")
            : null);
    }

    private async Task<ImmutableArray<PendingChange>> WriteAsync(IDeviceRegistry inner, ImmutableArray<(DeviceDescriptor, string)> devices)
    {
        _transactions.Add(devices.Length);
        await _released.Task;
        return _failure is { } failure ? throw failure : await inner.PutAsync(devices, CancellationToken.None);
    }

    private static void Decorate<T>(IServiceCollection services, Func<string, T, object?[], object?> instead)
        where T : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => Instead<T>.Of((T)(inner.ImplementationInstance ?? inner.ImplementationFactory!(provider)), instead));
    }

    /// <summary>Something with one method replaced.</summary>
    public class Instead<T> : DispatchProxy
        where T : class
    {
        private T _inner = null!;
        private Func<string, T, object?[], object?> _instead = null!;

        public static T Of(T inner, Func<string, T, object?[], object?> instead)
        {
            var made = Create<T, Instead<T>>();
            ((Instead<T>)(object)made)._inner = inner;
            ((Instead<T>)(object)made)._instead = instead;
            return made;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            try
            {
                return _instead(targetMethod!.Name, _inner, args ?? []) ?? targetMethod.Invoke(_inner, args);
            }
            catch (TargetInvocationException exception)
            {
                throw exception.InnerException!;
            }
        }
    }
}
