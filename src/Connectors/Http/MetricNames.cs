using System.Text;
using Grid.Contracts.Devices;

namespace Grid.Connectors.Http;

/// <summary>
/// From a metric's UTF-8 name to the one string of the catalogue, without allocating. A name that is not in the catalogue gives null.
/// </summary>
public static class MetricNames
{
    // Open addressing at a load of at most one quarter: a probe ends after a step or two.
    private static readonly (byte[] Utf8, string Name)[] Table = Build();

    /// <summary>The catalogue's string, null when the name is unknown.</summary>
    public static string? Find(ReadOnlySpan<byte> utf8)
    {
        var mask = Table.Length - 1;
        for (var slot = Hash(utf8) & mask; ; slot = (slot + 1) & mask)
        {
            ref readonly var entry = ref Table[slot];
            if (entry.Utf8 is null)
            {
                return null;
            }

            if (utf8.SequenceEqual(entry.Utf8))
            {
                return entry.Name;
            }
        }
    }

    private static (byte[] Utf8, string Name)[] Build()
    {
        var size = 64;
        while (size < MetricCatalog.All.Length * 4)
        {
            size *= 2;
        }

        var table = new (byte[] Utf8, string Name)[size];
        foreach (var metric in MetricCatalog.All)
        {
            var utf8 = Encoding.UTF8.GetBytes(metric.Name);
            var slot = Hash(utf8) & (size - 1);
            while (table[slot].Utf8 is not null)
            {
                slot = (slot + 1) & (size - 1);
            }

            table[slot] = (utf8, metric.Name);
        }

        return table;
    }

    // The canonical names differ in their length and their first, middle and last bytes nearly always.
    private static int Hash(ReadOnlySpan<byte> utf8) =>
        utf8.Length == 0 ? 0 : utf8.Length + (utf8[0] * 31) + (utf8[utf8.Length / 2] * 131) + (utf8[^1] * 521) + (utf8[utf8.Length / 4] * 1031);
}
