namespace Grid.Grains.Rules.Language;

/// <summary>Bounds of one rule: whatever is written, reading, storing and evaluating it takes a bounded time.</summary>
internal static class RuleLimits
{
    /// <summary>Characters of a text.</summary>
    public const int TextLength = 4_096;

    /// <summary>Characters of the JSON form.</summary>
    public const int JsonLength = 32_768;

    /// <summary>Levels of its condition, and of its parentheses: in JSON each is two at most, and a reader of JSON takes 64.</summary>
    public const int Depth = 24;

    /// <summary>Parts of its conditions altogether.</summary>
    public const int Parts = 256;

    /// <summary>Deadbands: one bit of memory each.</summary>
    public const int Deadbands = 16;

    /// <summary>Counts and shares.</summary>
    public const int Groups = 4;

    /// <summary>Actions.</summary>
    public const int Actions = 8;

    /// <summary>Filters of attributes.</summary>
    public const int Filters = 8;

    /// <summary>Characters of a text in quotes.</summary>
    public const int QuotedLength = 200;

    /// <summary>Greatest number, either way.</summary>
    public const double Number = 1e12;

    /// <summary>Decimals of a number.</summary>
    public const int Decimals = 6;

    /// <summary>Longest <c>for</c>, and longest duration anywhere.</summary>
    public const long Duration = 366L * 86_400_000;
}
