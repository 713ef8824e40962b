using System.Text;
using Grid.Client.Paging;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Interventions;

/// <summary>A list as comma-separated values, for those who ask for it: sent while it is read.</summary>
internal static class CsvAnswer
{
    private const string MediaType = "text/csv";

    /// <summary>True when the caller wants CSV: <c>format=csv</c>, or <c>Accept: text/csv</c> without it.</summary>
    public static bool IsWanted(HttpRequest request, QueryReader query)
    {
        switch (query.Text("format"))
        {
            case "csv":
                return true;
            case "json":
                return false;
            case null:
                return request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase));
            default:
                query.Reject("format", "is neither json nor csv");
                return false;
        }
    }

    /// <summary>Sends rows under a header.</summary>
    public static IResult Send(HttpContext http, string name, string header, IAsyncEnumerable<string> rows)
    {
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        return Results.Stream(
            async body =>
            {
                await using var writer = new StreamWriter(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
                await WriteAsync(writer, header);
                await foreach (var row in rows)
                {
                    await WriteAsync(writer, row);
                }
            },
            $"{MediaType}; charset=utf-8");
    }

    private static async Task WriteAsync(StreamWriter writer, string line)
    {
        await writer.WriteAsync(line);
        await writer.WriteAsync('\n');
    }
}
