using Microsoft.CodeAnalysis;

namespace Grid.Runtime.Generator;

/// <summary>What the generator refuses, and why.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor ReturnType = Error(
        "GRID001", "Unsupported return type", "Grain method {0} returns {1}: it must return Task, Task<T>, ValueTask or ValueTask<T>; an observer's method may return void");

    public static readonly DiagnosticDescriptor ByReference = Error(
        "GRID002", "Unsupported parameter", "Parameter {1} of grain method {0} is passed by reference: a call is a message");

    public static readonly DiagnosticDescriptor GenericMethod = Error(
        "GRID003", "Generic grain method", "Grain method {0} is generic: this runtime does not support that");

    public static readonly DiagnosticDescriptor GenericInterface = Error(
        "GRID004", "Generic grain interface", "Grain interface {0} is generic, or nested in a generic type: this runtime does not support that");

    public static readonly DiagnosticDescriptor Inaccessible = Error(
        "GRID005", "Inaccessible grain interface", "Grain interface {0} must be public or internal, and so must the types around it");

    public static readonly DiagnosticDescriptor NotAMethod = Error(
        "GRID006", "Unsupported member", "Member {0} of a grain interface is no method that a reference can send: properties, events and methods with a body are not supported");

    public static readonly DiagnosticDescriptor OneWayResult = Error(
        "GRID007", "One-way method with a result", "Grain method {0} is one-way and returns {1}: nobody waits for its result, so it must return Task, ValueTask or void");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Grid.Runtime", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
