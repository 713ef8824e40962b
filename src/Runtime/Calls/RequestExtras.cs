using System.Diagnostics;

namespace Grid.Runtime.CodeGeneration;

/// <summary>What a request has besides, when it waits, awaits, can be cancelled or is traced.</summary>
internal sealed class RequestExtras
{
    public Activity? Activity;

    /// <summary>When the caller is told that it took too long, as a timestamp of the runtime's clock.</summary>
    public long Deadline;
    public Request? PreviousTracked;
    public Request? NextTracked;

    /// <summary>Of the caller's token.</summary>
    public CancellationTokenRegistration Cancellation;

    /// <summary>Behind the token that the method was given.</summary>
    public CancellationTokenSource? OwnToken;
}
