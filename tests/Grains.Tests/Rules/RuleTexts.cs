using System.Globalization;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Texts of rules of a bin whose limits lie where its values are: they begin and end often.</summary>
internal static class RuleTexts
{
    private static readonly string[] Numbers = ["fillPercent", "temperatureCelsius", "batteryPercent", "\"vendor\""];
    private static readonly string[] Schedules = ["night", "day", "weekday", "weekend or holiday", "not from 08:00 to 17:30", "from 22:00 to sunrise+01:00", "from sunset-11:00 to sunset+12:00", "friday and night"];

    public static string Next(Random random, string filter = "")
    {
        // Some that are drawn compare what cannot be compared.
        string text;
        do
        {
            text = Drawn(random, filter);
        }
        while (RuleText.Read(text).Rule is null);
        return text;
    }

    private static string Drawn(Random random, string filter) =>
        $"each bin{filter} when {Truth(random, 3)}{(random.Next(2) == 0 ? $" for {random.Next(1, 90)} min" : "")}{(random.Next(2) == 0 ? $" within {One(random, Schedules)}" : "")} then {Actions(random)}";

    private static string One(Random random, params string[] items) => items[random.Next(items.Length)];

    private static string Truth(Random random, int depth) => random.Next(depth == 0 ? 9 : 13) switch
    {
        0 or 1 or 2 => $"{Metric(random)} {Order(random)} {Limit(random)}{(random.Next(2) == 0 ? $" deadband {random.Next(1, 20)}" : "")}",
        3 => $"{Limit(random)} {Order(random)} {Metric(random)}{(random.Next(3) == 0 ? " deadband 3" : "")}",
        4 => One(random, "tilted", "overflow", "fire or overflow", "batteryLow", "status = fault", "status != ok"),
        5 => $"rate({Metric(random)}) {Order(random)} {random.Next(-90, 90)}",
        6 => $"{Metric(random)} {Order(random)} previous({Metric(random)}) + {random.Next(20)}",
        7 => $"since({One(random, "heard", "overflow", "batteryLow", "fillPercent")}) {Order(random)} {random.Next(1, 300)} min",
        8 => One(random, $"{Metric(random)} = {Limit(random)}", $"{Metric(random)} + {Metric(random)} {Order(random)} {random.Next(200)}", $"{Metric(random)} > 2 * {random.Next(45)}", "since(overflow) > \"vendor\" * 1 min", "night", "weekend"),
        9 => $"not ({Truth(random, depth - 1)})",
        10 => $"({Truth(random, depth - 1)}) or ({Truth(random, depth - 1)})",
        _ => $"({Truth(random, depth - 1)}) and ({Truth(random, depth - 1)})",
    };

    private static string Metric(Random random) => One(random, Numbers);

    private static string Order(Random random) => One(random, ">", ">=", "<", "<=");

    private static string Limit(Random random) => (random.Next(3) == 0 ? random.NextDouble() * 100 : random.Next(0, 101)).ToString("0.#", CultureInfo.InvariantCulture);

    private static string Actions(Random random) => One(random, "raise alarm \"A\"", "open work order", "raise alarm \"A\" and set flag \"f\"", "notify ops \"x\" and open work order \"y\"");
}
