using Microsoft.Extensions.Logging;

namespace Grid.Runtime.Diagnostics;

/// <summary>What the runtime has to say. Event ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Grain runtime started: {Partitions} partitions, {Classes} grain classes")]
    public static partial void Started(ILogger logger, int partitions, int classes);

    [LoggerMessage(1001, LogLevel.Information, "Grain runtime stopped; {Activations} activations were left")]
    public static partial void Stopped(ILogger logger, int activations);

    [LoggerMessage(1010, LogLevel.Warning, "A turn of {Grain} holds partition {Partition} for {Milliseconds} ms")]
    public static partial void LongTurn(ILogger logger, object grain, int partition, double milliseconds);

    [LoggerMessage(1011, LogLevel.Warning, "The mailbox of {Grain} is full ({Limit} calls): calls are refused")]
    public static partial void MailboxFull(ILogger logger, object grain, int limit);

    [LoggerMessage(1012, LogLevel.Error, "The activation of {Grain} failed")]
    public static partial void ActivationFailed(ILogger logger, Exception error, object grain);

    [LoggerMessage(1013, LogLevel.Error, "The deactivation of {Grain} failed")]
    public static partial void DeactivationFailed(ILogger logger, Exception error, object grain);

    [LoggerMessage(1014, LogLevel.Warning, "One-way call {Method} of {Grain} failed")]
    public static partial void OneWayFailed(ILogger logger, Exception error, string method, object grain);

    [LoggerMessage(1015, LogLevel.Warning, "A timer callback of {Grain} failed; the timer goes on")]
    public static partial void TimerFailed(ILogger logger, Exception error, object grain);

    [LoggerMessage(1019, LogLevel.Debug, "A timer callback of {Grain} ended when what it called was gone: the runtime stops")]
    public static partial void TimerCutShort(ILogger logger, object grain);

    [LoggerMessage(1016, LogLevel.Error, "A turn of {Grain} failed in the runtime")]
    public static partial void TurnFailed(ILogger logger, Exception error, object grain);

    [LoggerMessage(1017, LogLevel.Error, "Partition {Partition} could not take in an item")]
    public static partial void ArrivalFailed(ILogger logger, Exception error, int partition);

    [LoggerMessage(1018, LogLevel.Warning, "Memory is short ({Usage:F1} %, the limit is {Limit:F1} %): {Share:F1} % of {Activations} activations are to go, the longest idle first")]
    public static partial void MemoryShort(ILogger logger, double usage, double limit, double share, int activations);

    [LoggerMessage(1020, LogLevel.Warning, "{Grain} is subscribed to stream {Stream} but attached no observer: the event is dropped")]
    public static partial void NoObserver(ILogger logger, object grain, object stream);

    [LoggerMessage(1021, LogLevel.Warning, "Delivery of an event of stream {Stream} to {Grain} failed (attempt {Attempt}); it is tried again")]
    public static partial void DeliveryRetried(ILogger logger, Exception error, object grain, object stream, int attempt);

    [LoggerMessage(1022, LogLevel.Error, "Delivery of an event of stream {Stream} to {Grain} was given up")]
    public static partial void DeliveryGivenUp(ILogger logger, Exception error, object grain, object stream);

    [LoggerMessage(1030, LogLevel.Warning, "Reminder {Reminder} of {Grain} failed; it comes again")]
    public static partial void ReminderFailed(ILogger logger, Exception error, string reminder, object grain);
}
