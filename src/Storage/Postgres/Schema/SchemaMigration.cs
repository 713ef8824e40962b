using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Grid.Storage.Postgres.Schema;

/// <summary>A step of the schema: a text of SQL that is part of the program.</summary>
/// <param name="Version">Counted from 1 without a gap.</param>
/// <param name="Name">What it brings.</param>
/// <param name="Sql">Its statements, run in one transaction.</param>
public sealed record SchemaMigration(int Version, string Name, string Sql)
{
    private const string Prefix = "Grid.Storage.Postgres.Schema.";

    /// <summary>Every step that this program knows, by version.</summary>
    public static IReadOnlyList<SchemaMigration> All { get; } = Load();

    /// <summary>SHA-256 of the text, in hex: a step that was applied with another text is refused.</summary>
    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    private static SchemaMigration[] Load()
    {
        var assembly = typeof(SchemaMigration).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(resource =>
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[Prefix.Length..];
            return new SchemaMigration(int.Parse(name[..4], NumberStyles.None, CultureInfo.InvariantCulture), name[5..], text.ReadToEnd());
        })];
    }
}
