namespace Grid.Connectors.Http;

/// <summary>Bytes of bodies in flight, so that many senders at once cannot take the process's memory.</summary>
/// <param name="maximumBytes">What all of them together may take.</param>
public sealed class BodyBudget(long maximumBytes)
{
    private long _bytes;

    /// <summary>Bytes in flight.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes bytes until <see cref="Return"/>; false, and nothing taken, when there are not as many left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= maximumBytes)
        {
            return true;
        }

        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Gives back what <see cref="TryTake"/> took.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _bytes, -bytes);
}
