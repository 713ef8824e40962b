using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;

namespace Grid.Connectors.Http;

/// <summary>
/// From JSON to readings: syntax only, the meaning is <see cref="IIntake"/>'s. A reading that cannot be taken becomes one
/// <see cref="Rejection"/> (its first fault) and the others go on. Allocations for each reading: the record and its values, and the key of a device that
/// the directory does not know.
/// Not thread safe: one a request.
/// </summary>
public sealed partial class ReadingParser
{
    /// <summary>Values in one reading.</summary>
    public const int MaximumMetrics = 64;

    /// <summary>Characters of a device's key, of a metric's name and of a session.</summary>
    public const int MaximumKeyLength = 64;

    private const int MaximumDepth = 16;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaximumDepth, CommentHandling = JsonCommentHandling.Disallow };

    private readonly MetricValue[] _metrics = new MetricValue[MaximumMetrics];
    private readonly List<IncomingReading> _readings = [];
    private readonly List<Rejection> _rejections = [];
    private readonly int _maximumReadings;
    private readonly IDeviceDirectory? _directory;

    private FrameReader? _frames;

    // Readings that frames hold beyond their own: the limit is one of readings, however they are sent.
    private int _framed;
    private string? _field;
    private string? _reason;

    /// <summary>A parser that stops at a number of readings.</summary>
    /// <param name="maximumReadings">That number.</param>
    /// <param name="directory">Where the strings of known keys come from; null to make a string for each reading.</param>
    public ReadingParser(int maximumReadings, IDeviceDirectory? directory = null) => (_maximumReadings, _directory) = (maximumReadings, directory);

    /// <summary>The readings that were understood, in their order.</summary>
    public IReadOnlyList<IncomingReading> Readings => _readings;

    /// <summary>The readings that were not, in their order.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>Readings seen, understood or not: the index of the next one.</summary>
    public int Count { get; private set; }

    /// <summary>True when there were more readings than the limit; what follows was not read.</summary>
    public bool IsOverLimit { get; private set; }

    /// <summary>Reads a whole JSON array. Null when it was well formed, else what is wrong with it: then nothing of it counts.</summary>
    public string? ParseArray(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(WithoutMark(utf8), Options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return "must be a JSON array of readings";
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (!Admit())
                {
                    return null;
                }

                ReadReading(ref reader);
            }

            reader.Read();
            return null;
        }
        catch (JsonException fault)
        {
            return Describe(fault);
        }
    }

    /// <summary>Reads one line of NDJSON. A malformed line is one rejection; a blank one is no reading.</summary>
    public void ParseLine(ReadOnlySpan<byte> utf8)
    {
        var line = Count == 0 ? WithoutMark(utf8) : utf8;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || !Admit())
        {
            return;
        }

        var readings = _readings.Count;
        var rejections = _rejections.Count;
        var framed = _framed;
        var reader = new Utf8JsonReader(line, Options);
        try
        {
            reader.Read();
            ReadReading(ref reader);
            reader.Read();
        }
        catch (JsonException fault)
        {
            // What follows a reading on its line, or is missing from it, spoils the whole line.
            _readings.RemoveRange(readings, _readings.Count - readings);
            _rejections.RemoveRange(rejections, _rejections.Count - rejections);
            _framed = framed;
            IsOverLimit = false;
            _rejections.Add(new(Count - 1, null, "reading", Describe(fault)));
        }
    }

    /// <summary>Notes a line that was too long to be looked at.</summary>
    public void RejectLine(string reason)
    {
        if (Admit())
        {
            _rejections.Add(new(Count - 1, null, "reading", reason));
        }
    }

    private bool Admit()
    {
        if (Count + _framed >= _maximumReadings)
        {
            IsOverLimit = true;
            return false;
        }

        Count++;
        return true;
    }

    private void ReadReading(ref Utf8JsonReader reader)
    {
        var index = Count - 1;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            _rejections.Add(new(index, null, "reading", "is no JSON object"));
            return;
        }

        _field = _reason = null;
        string? device = null;
        string? session = null;
        DateTimeOffset? time = null;
        long? sequence = null;
        var metrics = -1;
        var isFrame = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("device"u8))
            {
                reader.Read();
                device = ReadDevice(ref reader);
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                time = ReadTime(ref reader);
            }
            else if (reader.ValueTextEquals("metrics"u8))
            {
                reader.Read();
                metrics = ReadMetrics(ref reader);
            }
            else if (reader.ValueTextEquals("seq"u8))
            {
                reader.Read();
                sequence = ReadSequence(ref reader);
            }
            else if (reader.ValueTextEquals("session"u8))
            {
                reader.Read();
                session = reader.TokenType == JsonTokenType.Null ? null : ReadKey(ref reader, "session");
            }
            else if (reader.ValueTextEquals("deltas"u8))
            {
                reader.Read();
                Frame(ref isFrame).ReadDeltas(ref reader);
            }
            else if (reader.ValueTextEquals("interval"u8))
            {
                reader.Read();
                Frame(ref isFrame).ReadInterval(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (_field is null)
        {
            RequireAll(device, time, metrics);
        }

        if (_field is not null)
        {
            _rejections.Add(new(index, device, _field, _reason!));
            return;
        }

        var values = ImmutableCollectionsMarshal.AsImmutableArray(_metrics.AsSpan(0, metrics).ToArray());
        var reading = new IncomingReading(index, device!, time, values, session, sequence);
        _readings.Add(isFrame ? Complete(reading) : reading);
    }

    /// <summary>What reads the frame of this reading.</summary>
    private FrameReader Frame(ref bool isFrame)
    {
        _frames ??= new FrameReader();
        if (!isFrame)
        {
            _frames.Clear();
            isFrame = true;
        }

        return _frames;
    }

    private IncomingReading Complete(IncomingReading reading)
    {
        var complete = _frames!.Complete(reading, _rejections);
        _framed += complete is IncomingFrame frame ? frame.Count - 1 : 0;
        IsOverLimit = Count + _framed > _maximumReadings;
        return complete;
    }

    private void RequireAll(string? device, DateTimeOffset? time, int metrics)
    {
        if (device is null)
        {
            Reject("device", "is missing");
        }
        else if (time is null)
        {
            Reject("time", "is missing");
        }
        else if (metrics < 0)
        {
            Reject("metrics", "is missing");
        }
        else if (metrics == 0)
        {
            Reject("metrics", "has no value");
        }
    }

    private void Reject(string field, string reason)
    {
        if (_field is null)
        {
            _field = field;
            _reason = reason;
        }
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> utf8) => utf8.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    private static string Describe(JsonException fault) => string.Create(
        CultureInfo.InvariantCulture,
        $"is malformed JSON at line {(fault.LineNumber ?? 0) + 1}, byte {(fault.BytePositionInLine ?? 0) + 1}");
}
