using System.Globalization;
using Grid.Contracts.Zones;

namespace Grid.Client.WaterZones;

/// <summary>
/// The place of a zone in the list: the greatest estimated loss first (the measured one when every meter is known), zones without one last, then by department and id. As a text it is
/// where a page begins: a zone that comes or whose figures are amended meanwhile takes its place in what is still to come.
/// </summary>
/// <param name="LossMillilitres">Its loss; null when it is not known.</param>
/// <param name="Department">Code of its department.</param>
/// <param name="Zone">Its id.</param>
internal readonly record struct WaterZoneRank(long? LossMillilitres, string Department, string Zone) : IComparable<WaterZoneRank>
{
    private const char Separator = '/';

    public static WaterZoneRank Of(string department, WaterZoneBalance balance) => new(balance.EstimatedLossMillilitres, department, balance.Zone);

    public int CompareTo(WaterZoneRank other)
    {
        var order = Nullable.Compare(other.LossMillilitres, LossMillilitres);
        order = order != 0 ? order : string.CompareOrdinal(Department, other.Department);
        return order != 0 ? order : string.CompareOrdinal(Zone, other.Zone);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LossMillilitres}{Separator}{Department}{Separator}{Zone}");

    /// <summary>The rank of a text that <see cref="ToString"/> has written; null for another one.</summary>
    public static WaterZoneRank? Parse(string text)
    {
        var parts = text.Split(Separator, 3);
        if (parts.Length != 3)
        {
            return null;
        }

        return parts[0].Length == 0 ? new(null, parts[1], parts[2])
            : long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var loss) ? new(loss, parts[1], parts[2])
            : null;
    }
}
