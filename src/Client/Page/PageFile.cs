using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Page;

/// <summary>A file of the dashboard, held in memory: there are a handful, about 2 MB in all, and they never change while the program runs.</summary>
internal sealed class PageFile
{
    private PageFile(byte[] content, string contentType)
    {
        Content = content;
        ContentType = contentType;
        ETag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
    }

    public byte[] Content { get; }

    public string ContentType { get; }

    public EntityTagHeaderValue ETag { get; }

    /// <summary>Every file of a folder by its path below it, with forward slashes.</summary>
    /// <exception cref="InvalidOperationException">The folder has no index.html, or a file of a type that the page does not use.</exception>
    public static Dictionary<string, PageFile> ReadAll(string folder)
    {
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            throw new InvalidOperationException($"The dashboard is missing: there is no index.html in {folder}. The build puts it there.");
        }

        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(folder, file).Replace('\\', '/'),
            file => new PageFile(File.ReadAllBytes(file), TypeOf(file)),
            StringComparer.Ordinal);
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" or ".mjs" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The dashboard holds {file}, and no content type is known for '{other}'."),
    };
}
