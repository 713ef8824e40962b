using System.Globalization;
using System.Text;

namespace Grid.Client.Metrics;

/// <summary>Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>From <c>http.server.request.duration</c> in <c>s</c> to <c>http_server_request_duration_seconds</c>.</summary>
    public static string NameOf(string instrument, string? unit, FamilyType type)
    {
        var name = Sanitize(instrument, allowsColon: true);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "%" => "_percent",
            _ => "",
        };
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
        {
            name += suffix;
        }

        return type == FamilyType.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>Labels by name, without braces; empty when there is none.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            labels[Sanitize(key, allowsColon: false)] = Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", quotes: true);
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{label.Value}\""));
    }

    /// <summary>Writes a metric with its series.</summary>
    public static void Write(StringBuilder text, MetricFamily family)
    {
        text.Append("# HELP ").Append(family.Name).Append(' ').Append(Escape(family.Help, quotes: false)).Append('\n');
        text.Append("# TYPE ").Append(family.Name).Append(' ').Append(family.Type switch
        {
            FamilyType.Counter => "counter",
            FamilyType.Gauge => "gauge",
            _ => "histogram",
        }).Append('\n');
        foreach (var (labels, series) in family.Series)
        {
            var (value, count, buckets) = series.Read();
            if (family.Type != FamilyType.Histogram)
            {
                Line(text, family.Name, labels, value);
                continue;
            }

            var cumulative = 0L;
            for (var i = 0; i < buckets.Length; i++)
            {
                cumulative += buckets[i];
                Line(text, family.Name + "_bucket", Join(labels, $"le=\"{Number(family.Bounds[i])}\""), cumulative);
            }

            Line(text, family.Name + "_bucket", Join(labels, "le=\"+Inf\""), count);
            Line(text, family.Name + "_sum", labels, value);
            Line(text, family.Name + "_count", labels, count);
        }
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Join(string labels, string label) => labels.Length == 0 ? label : $"{labels},{label}";

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string text, bool quotes)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    private static string Sanitize(string name, bool allowsColon)
    {
        var characters = name.Select(character => char.IsAsciiLetterOrDigit(character) || (allowsColon && character == ':') ? character : '_').ToArray();
        var clean = new string(characters);
        return clean.Length == 0 || char.IsAsciiDigit(clean[0]) ? "_" + clean : clean;
    }
}
