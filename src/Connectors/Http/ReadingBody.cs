using System.Buffers;
using System.IO.Pipelines;

namespace Grid.Connectors.Http;

/// <summary>Feeds a request's body to the parser: an array as a whole, NDJSON line by line as it arrives.</summary>
internal static class ReadingBody
{
    /// <summary>Null when the array was well formed, else what is wrong with it.</summary>
    public static async ValueTask<string?> ReadArrayAsync(PipeReader body, ReadingParser parser, CancellationToken cancellationToken)
    {
        // Bounded by the request size limit, which the server enforces while it reads.
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            if (!result.IsCompleted)
            {
                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            var error = Parse(result.Buffer, static (parser, text) => parser.ParseArray(text), parser);
            body.AdvanceTo(result.Buffer.End);
            return error;
        }
    }

    /// <summary>Every line, the last one with or without its line feed.</summary>
    public static async ValueTask ReadLinesAsync(PipeReader body, ReadingParser parser, CancellationToken cancellationToken)
    {
        var isDiscarding = false;
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var rest = result.Buffer;
            while (!parser.IsOverLimit && rest.PositionOf((byte)'\n') is { } end)
            {
                var line = rest.Slice(0, end);
                if (!isDiscarding)
                {
                    ReadLine(line, parser);
                }

                isDiscarding = false;
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            if (parser.IsOverLimit)
            {
                body.AdvanceTo(rest.End);
                return;
            }

            if (result.IsCompleted)
            {
                if (!isDiscarding)
                {
                    ReadLine(rest, parser);
                }

                body.AdvanceTo(rest.End);
                return;
            }

            if (rest.Length > HttpReadingsOptions.MaximumLineBytes)
            {
                if (!isDiscarding)
                {
                    ReadLine(rest, parser);
                }

                isDiscarding = true;
                rest = rest.Slice(rest.End);
            }

            body.AdvanceTo(rest.Start, rest.End);
        }
    }

    private static void ReadLine(ReadOnlySequence<byte> line, ReadingParser parser)
    {
        if (line.Length > HttpReadingsOptions.MaximumLineBytes)
        {
            parser.RejectLine("is a line of more than 65,536 bytes");
            return;
        }

        Parse(
            line,
            static (parser, text) =>
            {
                parser.ParseLine(text);
                return null;
            },
            parser);
    }

    private static string? Parse(ReadOnlySequence<byte> text, Func<ReadingParser, ReadOnlySpan<byte>, string?> parse, ReadingParser parser)
    {
        if (text.IsSingleSegment)
        {
            return parse(parser, text.FirstSpan);
        }

        var length = (int)text.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            text.CopyTo(copy);
            return parse(parser, copy.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
