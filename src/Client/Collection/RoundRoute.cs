using Grid.Contracts.Devices;

namespace Grid.Client.Collection;

/// <summary>
/// An order in which to visit places, without coming back: the nearest one next, and then parts of the way turned round as long as that shortens it (2-opt: Croes, A Method for
/// Solving Traveling-Salesman Problems, 1958). Distances are great circles, not roads. The same places in the same order give the same way; the work is bounded. Pure.
/// </summary>
internal static class RoundRoute
{
    /// <summary>Mean radius of the earth (IUGG), in metres.</summary>
    private const double EarthMetres = 6_371_008.8;

    /// <summary>Turns that are looked at: some 1,000 stops are looked at several times each with each.</summary>
    private const int MostLooks = 4_000_000;

    /// <summary>A turn that gains less is none, so that roundings cannot turn the same part for ever.</summary>
    private const double LeastGainMetres = 0.01;

    /// <summary>The places as indexes, in the order of the way. It is found with chords, which are as long as arcs to a millionth within 30 km and cost no trigonometry.</summary>
    /// <param name="places">The places.</param>
    /// <param name="start">Where the way begins; null to begin at the place that is farthest from the middle of all.</param>
    public static int[] Order(IReadOnlyList<GeoPoint> places, GeoPoint? start)
    {
        Vector3D[] points = [.. places.Select(Vector3D.Of)];
        var from = start is { } given ? Vector3D.Of(given) : default(Vector3D?);
        var order = Nearest(points, from);
        Shorten(order, points, from);
        return order;
    }

    /// <summary>Distance on the great circle, in metres.</summary>
    public static double Metres(GeoPoint from, GeoPoint to)
    {
        var (height, width) = (Half(to.Latitude - from.Latitude), Half(to.Longitude - from.Longitude));
        var chord = (height * height) + (Math.Cos(Radians(from.Latitude)) * Math.Cos(Radians(to.Latitude)) * width * width);
        return 2 * EarthMetres * Math.Asin(Math.Min(1, Math.Sqrt(chord)));

        static double Half(double degrees) => Math.Sin(Radians(degrees) / 2);
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;

    private static int[] Nearest(Vector3D[] points, Vector3D? start)
    {
        var order = Enumerable.Range(0, points.Length).ToArray();
        for (var place = 0; place < order.Length; place++)
        {
            // Without a start the first one is the farthest from the middle of all.
            var sign = place == 0 && start is null ? -1 : 1;
            var from = place > 0 ? points[order[place - 1]] : start ?? Vector3D.MiddleOf(points);
            var (found, least) = (place, double.MaxValue);
            for (var other = place; other < order.Length; other++)
            {
                if (sign * from.MetresTo(points[order[other]]) is var metres && metres < least)
                {
                    (found, least) = (other, metres);
                }
            }

            // The others keep their order, so that of places that are equally near the first one counts.
            var next = order[found];
            Array.Copy(order, place, order, place + 1, found - place);
            order[place] = next;
        }

        return order;
    }

    private static void Shorten(int[] order, Vector3D[] points, Vector3D? start)
    {
        var looks = 0;
        for (var isShorter = true; isShorter && looks < MostLooks;)
        {
            isShorter = false;
            for (var first = 0; first < order.Length - 1; first++)
            {
                for (var last = first + 1; last < order.Length && looks < MostLooks; last++, looks++)
                {
                    if (Gain(order, points, start, first, last) > LeastGainMetres)
                    {
                        Array.Reverse(order, first, last - first + 1);
                        isShorter = true;
                    }
                }
            }
        }
    }

    /// <summary>By how much the way is shorter with a part of it turned round, in metres. It ends where it ends, and begins anywhere without a start.</summary>
    private static double Gain(int[] order, Vector3D[] points, Vector3D? start, int first, int last)
    {
        var (head, tail) = (points[order[first]], points[order[last]]);
        var before = first > 0 ? points[order[first - 1]] : start;
        var gain = before is { } from ? from.MetresTo(head) - from.MetresTo(tail) : 0;
        if (last + 1 < order.Length)
        {
            var to = points[order[last + 1]];
            gain += tail.MetresTo(to) - head.MetresTo(to);
        }

        return gain;
    }

    /// <summary>A place in space, in metres from the middle of the earth.</summary>
    private readonly record struct Vector3D(double X, double Y, double Z)
    {
        public static Vector3D Of(GeoPoint point)
        {
            var (longitude, latitude) = (Radians(point.Longitude), Radians(point.Latitude));
            return new(EarthMetres * Math.Cos(latitude) * Math.Cos(longitude), EarthMetres * Math.Cos(latitude) * Math.Sin(longitude), EarthMetres * Math.Sin(latitude));
        }

        public static Vector3D MiddleOf(Vector3D[] points) => new(points.Average(point => point.X), points.Average(point => point.Y), points.Average(point => point.Z));

        public double MetresTo(Vector3D other)
        {
            var (x, y, z) = (X - other.X, Y - other.Y, Z - other.Z);
            return Math.Sqrt((x * x) + (y * y) + (z * z));
        }
    }
}
