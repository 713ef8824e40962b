using System.Reflection;
using Grid.Runtime.Execution;
using Grid.Runtime.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Grid.Runtime.Catalog;

/// <summary>Makes grains of one class: services from the container, persistent states and the context from the activation.</summary>
internal sealed class GrainConstructor
{
    private readonly ConstructorInvoker _invoker;
    private readonly Argument[] _arguments;

    public GrainConstructor(IServiceProvider services, Type type)
    {
        var constructors = type.GetConstructors();
        if (constructors.Length == 0)
            throw new InvalidOperationException($"Grain class {type.FullName} has no public constructor.");
        var constructor = constructors.FirstOrDefault(candidate => candidate.GetCustomAttribute<ActivatorUtilitiesConstructorAttribute>() is not null)
            ?? constructors.OrderByDescending(candidate => candidate.GetParameters().Length).First();
        _invoker = ConstructorInvoker.Create(constructor);
        _arguments = [.. constructor.GetParameters().Select(parameter => For(services, type, parameter))];
    }

    private delegate object? Argument(Activation activation, ref List<IStoredState>? states);

    public object Create(Activation activation, ref List<IStoredState>? states)
    {
        if (_arguments.Length == 0)
            return _invoker.Invoke();
        var arguments = new object?[_arguments.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = _arguments[i](activation, ref states);
        return _invoker.Invoke(arguments.AsSpan());
    }

    private static Argument For(IServiceProvider services, Type type, ParameterInfo parameter)
    {
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } persistent)
        {
            if (!parameter.ParameterType.IsGenericType || parameter.ParameterType.GetGenericTypeDefinition() != typeof(IPersistentState<>))
                throw new InvalidOperationException($"{type.FullName}: parameter {parameter.Name} has [PersistentState] but is no IPersistentState<T>.");
            var facet = PersistentStateFacet.Create(services, type, persistent, parameter.ParameterType.GetGenericArguments()[0]);
            return (Activation activation, ref List<IStoredState>? states) =>
            {
                var state = facet.Bind(activation);
                (states ??= []).Add(state);
                return state;
            };
        }

        if (parameter.ParameterType == typeof(IGrainContext))
            return static (Activation activation, ref List<IStoredState>? _) => activation;
        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed)
        {
            var (keyedType, key) = (parameter.ParameterType, keyed.Key);
            return (Activation _, ref List<IStoredState>? _) => services.GetRequiredKeyedService(keyedType, key);
        }

        var serviceType = parameter.ParameterType;
        if (parameter.HasDefaultValue)
        {
            var fallback = parameter.DefaultValue;
            return (Activation _, ref List<IStoredState>? _) => services.GetService(serviceType) ?? fallback;
        }

        return (Activation _, ref List<IStoredState>? _) => services.GetRequiredService(serviceType);
    }
}
