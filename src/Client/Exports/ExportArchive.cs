using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grid.Client.Exports;

/// <summary>A file of an export: what a reader needs to know that it got all of it.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Rows">Rows, without the header.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, in lower-case hexadecimal.</param>
public sealed record ExportedFile(string Name, long Rows, long Bytes, string Sha256);

/// <summary>A ZIP archive that is sent while it is made: nothing of it is held but a row.</summary>
internal sealed class ExportArchive : IAsyncDisposable
{
    private readonly ZipArchive _archive;
    private readonly List<ExportedFile> _files = [];

    private ExportArchive(ZipArchive archive) => _archive = archive;

    /// <summary>The files that are complete.</summary>
    public IReadOnlyList<ExportedFile> Files => _files;

    public static async Task<ExportArchive> BeginAsync(Stream to, CancellationToken cancellationToken) =>
        new(await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, cancellationToken));

    /// <summary>Adds a text file of rows.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="header">First line, null for none.</param>
    /// <param name="rows">Its rows, each without an end of line.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task AddAsync(string name, string? header, IAsyncEnumerable<string> rows, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (count, bytes) = (0L, 0L);
        await using (var file = await _archive.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken))
        {
            if (header is not null)
            {
                bytes += await WriteAsync(file, hash, header, cancellationToken);
            }

            await foreach (var row in rows.WithCancellation(cancellationToken))
            {
                bytes += await WriteAsync(file, hash, row, cancellationToken);
                count++;
            }
        }

        _files.Add(new(name, count, bytes, Convert.ToHexStringLower(hash.GetHashAndReset())));
    }

    /// <summary>Completes the archive: one that ends before is not readable, and so not taken for whole.</summary>
    public ValueTask DisposeAsync() => _archive.DisposeAsync();

    /// <summary>A file of one row.</summary>
    public static async IAsyncEnumerable<string> One(string row)
    {
        await Task.CompletedTask;
        yield return row;
    }

    /// <summary>The answer that sends an archive while it is made.</summary>
    public static IResult Send(HttpContext http, string name, Func<Stream, Task> write)
    {
        // The end of an entry is written without waiting by the base library's archive; it is small, and the rest is asynchronous.
        http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.zip\"";
        return Results.Stream(write, "application/zip");
    }

    private static async ValueTask<int> WriteAsync(Stream file, IncrementalHash hash, string line, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        hash.AppendData(bytes);
        await file.WriteAsync(bytes, cancellationToken);
        return bytes.Length;
    }
}
