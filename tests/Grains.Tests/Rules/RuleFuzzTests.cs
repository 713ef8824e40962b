using System.Text;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Whatever is written, reading it ends with a rule or with a fault that has a place.</summary>
public sealed class RuleFuzzTests
{
    private static readonly string[] Words =
    [
        "when", "then", "each", "bin", "commune", "where", "for", "within", "and", "or", "not", "(", ")", "-", "+", "*", "/", ">", "<=", "=", "!=", "fillPercent", "overflow", "night", "from", "to", "22:00",
        "sunset", "80", "%", "10 min", "deadband", "previous(", "rate(", "since(", "heard", "count(of kind bin:", "share(", "status", "silent", "alarm", "is", "raised", "raise alarm", "\"x\"", "priority high",
        "command setDimming(", "percent: 50", ",", "on this device", "open work order", "notify", "set flag", "\"", "\\", "\u0001", "é", "\n",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_text_breaks_the_reader(int seed)
    {
        var random = new Random(seed);
        var read = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var text = random.Next(3) switch
            {
                0 => string.Join(' ', Enumerable.Range(0, random.Next(40)).Select(_ => Words[random.Next(Words.Length)])),
                1 => Damage(RulePrinter.Print(new RuleSource(random.Next()).Next()), random),
                _ => new string([.. Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(random.Next(2) == 0 ? 128 : 65_536))]),
            };
            read += Judge(RuleText.Read(text), text) ? 1 : 0;
        }

        // The control: damage often leaves a rule whole.
        Assert.InRange(read, 50, 3_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_json_breaks_the_reader(int seed)
    {
        var random = new Random(seed);
        var read = 0;
        for (var round = 0; round < 4_000; round++)
        {
            var json = Damage(RuleJsonWriter.Write(new RuleSource(random.Next()).Next()), random);
            read += Judge(RuleJson.Read(json), json) ? 1 : 0;
        }

        Assert.InRange(read, 50, 3_000);
    }

    public static TheoryData<string> Towers { get; } =
    [
        $"when {new string('(', 100_000)}",
        $"when {new string('(', 2_000)}overflow",
        $"when {string.Concat(Enumerable.Repeat("not ", 900))}overflow then open work order",
        $"when {new string('-', 2_000)}1 > 0 then open work order",
        $"when {string.Join(" and ", Enumerable.Repeat("fire", 400))} then open work order",
        $"when {string.Concat(Enumerable.Repeat("fillPercent + fillPercent - ", 100))}1 > 0 then open work order",
        $"when {string.Concat(Enumerable.Repeat("count(of kind bin: ", 200))}overflow",
    ];

    [Theory]
    [MemberData(nameof(Towers))]
    public void Depth_and_size_are_bounded_in_text(string text) => Assert.NotEmpty(RuleText.Read(text).Faults);

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(10_000)]
    public void Depth_is_bounded_in_json(int levels)
    {
        var json = $"{{\"when\":{string.Concat(Enumerable.Repeat("{\"not\":", levels))}\"night\"{new string('}', levels)},\"then\":[{{\"openWorkOrder\":{{}}}}],\"each\":\"bin\"}}";
        Assert.Equal(levels > RuleLimits.Depth, RuleJson.Read(json).Rule is null);
    }

    [Fact]
    public void Deepest_rules_are_read_in_both_forms()
    {
        var text = $"each bin when {string.Concat(Enumerable.Repeat("not ", RuleLimits.Depth - 1))}night then open work order";
        var rule = RuleText.Read(text).Rule;
        Assert.NotNull(rule);
        Assert.Equal(rule, RuleJson.Read(RuleJsonWriter.Write(rule)).Rule);
    }

    /// <summary>True for a rule. One that was read can be written and read in both forms.</summary>
    private static bool Judge(RuleReading reading, string from)
    {
        if (reading.Rule is not { } rule)
        {
            Assert.NotEmpty(reading.Faults);
            Assert.All(reading.Faults, fault => Assert.True(fault.At.Path is not null || fault.At is { Line: > 0, Column: > 0 }, from));
            Assert.All(reading.Faults, fault => FrenchFaults.Judge(fault, from));
            return false;
        }

        Assert.True(RuleText.Read(RulePrinter.Print(rule)).Rule == rule, from);
        Assert.True(RuleJson.Read(RuleJsonWriter.Write(rule)).Rule == rule, from);
        return true;
    }

    private static string Damage(string text, Random random)
    {
        var damaged = new StringBuilder(text);
        for (var times = random.Next(3); times > 0 && damaged.Length > 1; times--)
        {
            var place = random.Next(damaged.Length);
            switch (random.Next(4))
            {
                case 0:
                    damaged.Remove(place, Math.Min(damaged.Length - place, random.Next(1, 6)));
                    break;
                case 1:
                    damaged.Insert(place, Words[random.Next(Words.Length)]);
                    break;
                case 2:
                    damaged[place] = (char)random.Next(32, 127);
                    break;
                default:
                    damaged.Insert(place, damaged.ToString(place, Math.Min(damaged.Length - place, random.Next(1, 20))));
                    break;
            }
        }

        return damaged.ToString();
    }
}
