namespace Grid.Client.History;

/// <summary>What a step says of the readings in it. The words on the wire.</summary>
public enum HistoryFunction
{
    /// <summary>Arithmetic mean of the readings.</summary>
    Avg,

    /// <summary>The least.</summary>
    Min,

    /// <summary>The greatest.</summary>
    Max,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The newest.</summary>
    Last,

    /// <summary>How many there are.</summary>
    Count,

    /// <summary>
    /// Change since the newest reading before the step, or since its own first reading when there is none before. Of an index: what was consumed,
    /// never negative.
    /// </summary>
    Delta,
}
