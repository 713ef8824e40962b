using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Paging;

/// <summary>Reads a query string and notes what is wrong with it, by parameter.</summary>
/// <param name="query">The query.</param>
internal sealed class QueryReader(IQueryCollection query)
{
    /// <summary>Items of a page when the caller does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Items of a page at most.</summary>
    public const int MaximumLimit = 1_000;

    private const int MaximumTextLength = 200;

    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FieldError> _errors = [];

    /// <summary>The faults, those of parameters that nobody asked for included; null when there is none. Ask last.</summary>
    public IResult? Fault()
    {
        foreach (var name in query.Keys.Where(name => !_known.Contains(name)))
        {
            Reject(name, "is no parameter of this call");
        }

        return _errors.Count == 0 ? null : Problems.Invalid(_errors);
    }

    /// <summary>Notes a fault that was found outside.</summary>
    public void Reject(string name, string reason) => _errors.Add(new(name, reason));

    /// <summary>A text; null when absent or empty.</summary>
    public string? Text(string name)
    {
        _known.Add(name);
        var values = query[name];
        if (values.Count > 1)
        {
            Reject(name, "is given more than once");
        }

        var text = values.Count == 0 ? null : values[0];
        if (text?.Length > MaximumTextLength)
        {
            Reject(name, string.Create(CultureInfo.InvariantCulture, $"has more than {MaximumTextLength} characters"));
            return null;
        }

        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>Items of the page.</summary>
    /// <param name="fallback">When the caller does not say.</param>
    /// <param name="maximum">At most.</param>
    public int Limit(int fallback = DefaultLimit, int maximum = MaximumLimit)
    {
        if (Text("limit") is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= maximum)
        {
            return limit;
        }

        Reject("limit", string.Create(CultureInfo.InvariantCulture, $"is no whole number from 1 to {maximum}"));
        return fallback;
    }

    /// <summary>The key after which the page begins; null for the first page.</summary>
    /// <param name="list">The list with its filter.</param>
    public string? After(string list)
    {
        // A cursor is longer than other texts.
        _known.Add("cursor");
        if (query["cursor"] is not [{ Length: > 0 } text])
        {
            return null;
        }

        if (PageCursor.TryDecode(list, text, out var after))
        {
            return after;
        }

        Reject("cursor", "is no cursor of this list with these filters");
        return null;
    }

    /// <summary>Words of an enum, in one value with commas or in several; empty when absent.</summary>
    public IReadOnlyList<T> Words<T>(string name)
        where T : struct, Enum
    {
        _known.Add(name);
        var found = new List<T>();
        foreach (var word in query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Json.Words<T>.TryParse(word, out var value))
            {
                found.Add(value);
            }
            else
            {
                Reject(name, $"has a value that is none of {Json.Words<T>.All}");
            }
        }

        return found;
    }

    /// <summary>Device kinds; all when absent.</summary>
    public DeviceKinds Kinds(string name)
    {
        var kinds = Words<DeviceKind>(name);
        return kinds.Count == 0 ? DeviceKinds.All : kinds.Aggregate(DeviceKinds.None, (set, kind) => set | (DeviceKinds)(1 << (int)kind));
    }

    /// <summary>A flag; false when absent.</summary>
    public bool Flag(string name)
    {
        switch (Text(name))
        {
            case null or "false":
                return false;
            case "true":
                return true;
            default:
                Reject(name, "is neither true nor false");
                return false;
        }
    }

    /// <summary>A box; null when absent.</summary>
    public BoundingBox? Box(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (BoxText.TryParse(text, out var box))
        {
            return box;
        }

        Reject(name, BoxText.Rule);
        return null;
    }
}

/// <summary>Boxes as text: <c>west,south,east,north</c> in degrees.</summary>
internal static class BoxText
{
    public const string Rule = "is no box west,south,east,north in degrees with south <= north";

    public static bool TryParse(string text, out BoundingBox box)
    {
        var parts = text.Split(',');
        var numbers = new double[4];
        box = default;
        if (parts.Length != 4)
        {
            return false;
        }

        for (var i = 0; i < 4; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        return TryMake(numbers, out box);
    }

    public static bool TryMake(ReadOnlySpan<double> numbers, out BoundingBox box)
    {
        box = default;
        if (numbers.Length != 4
            || !(Math.Abs(numbers[0]) <= 180 && Math.Abs(numbers[1]) <= 90 && Math.Abs(numbers[2]) <= 180 && Math.Abs(numbers[3]) <= 90)
            || numbers[1] > numbers[3])
        {
            return false;
        }

        box = new(numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }
}
