namespace Grid.LoadTests.Crash;

/// <summary>
/// Something that was asked of the program, as the one who asked knows it: what was acknowledged last, and what got no answer and may have
/// been taken or not. One asker each, who waits for every answer.
/// </summary>
/// <typeparam name="T">What was asked.</typeparam>
internal sealed class Witness<T>(T initial, IEqualityComparer<T>? comparer = null)
{
    private readonly IEqualityComparer<T> _comparer = comparer ?? EqualityComparer<T>.Default;

    /// <summary>What must be there, unless <see cref="Doubtful"/> is.</summary>
    public T Acknowledged { get; private set; } = initial;

    /// <summary>Asked without an answer.</summary>
    public (bool Is, T Value) Doubtful { get; private set; }

    public void Ask(T value) => Doubtful = (true, value);

    public void Acknowledge()
    {
        Acknowledged = Doubtful.Value;
        Doubtful = default;
    }

    /// <summary>The program said that it took nothing.</summary>
    public void Refused() => Doubtful = default;

    /// <summary>What the program shows now: null when it may, otherwise what is wrong. A doubt is settled by it.</summary>
    public string? Settle(T shown)
    {
        var doubt = Doubtful;
        Doubtful = default;
        if (doubt.Is && _comparer.Equals(shown, doubt.Value))
        {
            Acknowledged = shown;
            return null;
        }

        return _comparer.Equals(shown, Acknowledged) ? null : $"is {shown}, acknowledged was {Acknowledged}{(doubt.Is ? $", in doubt {doubt.Value}" : "")}";
    }
}
