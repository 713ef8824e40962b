using System.Globalization;
using System.Text;

namespace Grid.LoadTests.Crash;

/// <summary>A device as the witness knows it. Its readings carry their ordinal: 1, 2, 3, ... without a gap in what was sent.</summary>
internal sealed class CrashDevice(string id, string kind, string attributes)
{
    private readonly SortedSet<long> _notTaken = [];
    private readonly SortedSet<long> _maybeTaken = [];
    private long _time;
    private long _litres;

    public string Id { get; } = id;

    public string Kind { get; } = kind;

    /// <summary>Commune and name; null when it is removed.</summary>
    public Witness<(string Commune, string Name)?> Registration { get; } = new(null);

    /// <summary>Ordinal of the newest reading, 0 before the first.</summary>
    public Witness<long> Newest { get; } = new(0);

    /// <summary>Percent of the newest command, -1 before the first.</summary>
    public Witness<double> Desired { get; } = new(-1);

    public bool IsPassive => attributes.Contains("\"passive\":true", StringComparison.Ordinal);

    /// <summary>Ordinal of the last reading that was sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Litres of the index in the newest reading that is known to be taken, above those of the first one.</summary>
    public long ConsumedLitres => Newest.Acknowledged == 0 ? 0 : _indexes[Newest.Acknowledged] - _indexes[First];

    /// <summary>Ordinal of the first reading that was taken.</summary>
    public long First { get; private set; }

    /// <summary>Ordinals that were refused: they must not be there.</summary>
    public IReadOnlySet<long> NotTaken => _notTaken;

    /// <summary>Ordinals that never got an answer.</summary>
    public IReadOnlySet<long> MaybeTaken => _maybeTaken;

    private readonly Dictionary<long, long> _indexes = [];

    /// <summary>The body of its PUT.</summary>
    public string ToJson(string commune, string name) =>
        $$"""{"kind":"{{Kind}}","commune":"{{commune}}","name":"{{name}}","attributes":{{attributes}}}""";

    /// <summary>Appends its next reading to a body and notes that it is asked.</summary>
    public void AppendReading(StringBuilder body, Random random)
    {
        var ordinal = ++Sent;
        Newest.Ask(ordinal);
        _time = Math.Max(_time + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var time = DateTimeOffset.FromUnixTimeMilliseconds(_time).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        body.Append(CultureInfo.InvariantCulture, $$$"""{"device":"{{{Id}}}","time":"{{{time}}}","seq":{{{ordinal}}},"metrics":{"ordinal":{{{ordinal}}},{{{Metrics(ordinal, random)}}}}}""");
    }

    /// <summary>The reading that was asked got this answer.</summary>
    public void Answered(bool isTaken)
    {
        if (isTaken)
        {
            First = First == 0 ? Sent : First;
            Newest.Acknowledge();
        }
        else
        {
            _notTaken.Add(Sent);
            Newest.Refused();
        }
    }

    /// <summary>The newest reading that is shown settles a doubt; null when it is right.</summary>
    public string? SettleNewest(long shown)
    {
        if (Newest.Doubtful.Is)
        {
            _maybeTaken.Add(Sent);
        }

        var wrong = Newest.Settle(shown);
        First = First == 0 && Newest.Acknowledged != 0 ? Newest.Acknowledged : First;
        return wrong;
    }

    private string Metrics(long ordinal, Random random)
    {
        double Between(int low, int high) => random.Next(low * 1000, high * 1000) / 1000.0;
        if (Kind == "meter")
        {
            _indexes[ordinal] = _litres += random.Next(0, 50);
        }

        return Kind switch
        {
            "bin" => string.Create(CultureInfo.InvariantCulture, $"\"fillPercent\":{Between(0, 100)},\"temperatureCelsius\":{Between(5, 70)}"),
            "meter" => string.Create(CultureInfo.InvariantCulture, $"\"indexLitres\":{_litres},\"flowLitresPerHour\":{Between(0, 400)}"),
            "building" => string.Create(CultureInfo.InvariantCulture, $"\"powerWatts\":{Between(0, 90_000)},\"temperatureCelsius\":{Between(12, 27)},\"occupied\":{random.Next(2)}"),
            "environment" => string.Create(CultureInfo.InvariantCulture, $"\"levelMillimetres\":{random.Next(0, 4_000)},\"rainMillimetresPerHour\":{Between(0, 30)}"),
            "cabinet" => string.Create(CultureInfo.InvariantCulture, $"\"segment1On\":{random.Next(2)},\"segment2On\":{random.Next(2)},\"powerWatts\":{Between(0, 4_000)}"),
            _ => Lamp(random),
        };
    }

    /// <summary>Mostly as commanded, so that commands are confirmed.</summary>
    private string Lamp(Random random)
    {
        var percent = Desired.Acknowledged >= 0 && random.Next(3) > 0 ? Desired.Acknowledged : random.Next(0, 101);
        return string.Create(CultureInfo.InvariantCulture, $"\"dimmingPercent\":{percent},\"powerWatts\":{(percent == 0 ? 0 : 20 + percent)}");
    }
}
