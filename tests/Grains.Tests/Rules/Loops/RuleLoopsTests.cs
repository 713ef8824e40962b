using System.Collections.Frozen;
using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Rules;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Loops;
using Grid.Grains.Rules.Starter;

namespace Grid.Tests.Grains.Rules.Loops;

/// <summary>Loops between rules are seen before there is one, and what is none is not called one.</summary>
public sealed class RuleLoopsTests
{
    private const string Dims = "command setDimming(percent: {0}) on this device";

    /// <summary>What the first rule is told when the others are published: the rules of each loop.</summary>
    [Theory]

    // Two that set what the other looks at; and neither when the value that is set cannot begin the other.
    [InlineData("a>b", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device", "each streetlight when dimmingPercent < 50 then command setDimming(percent: 60) on this device")]
    [InlineData("", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 50) on this device", "each streetlight when dimmingPercent < 50 then command setDimming(percent: 50) on this device")]
    [InlineData("", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device", "each streetlight when dimmingPercent < 30 then command setDimming(percent: 60) on this device")]
    [InlineData("a>b", "each streetlight when dimmingPercent > 50 then command followPlan on this device", "each streetlight when dimmingPercent < 30 then command setDimming(percent: 60) on this device")]
    [InlineData("a>b", "each streetlight when dimmingPercent - 10 > 50 then command setDimming(percent: 40) on this device", "each streetlight when not (dimmingPercent > 45) then command setDimming(percent: 80) on this device")]
    [InlineData("", "each streetlight when dimmingPercent - 10 > 50 then command setDimming(percent: 40) on this device", "each streetlight when not (dimmingPercent > 35) then command setDimming(percent: 80) on this device")]
    [InlineData("", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device", "each streetlight when 45 < dimmingPercent and dimmingPercent < 60 then command setDimming(percent: 60) on this device")]

    // A plain hysteresis, and a rule that asks for what it looks at, or for what it looks away from.
    [InlineData("", "each streetlight when dimmingPercent < 20 then command setDimming(percent: 50) on this device")]
    [InlineData("", "each streetlight when dimmingPercent > 30 % deadband 5 within from 23:30 to 05:00 then command setDimming(percent: 30, durationMinutes: 330) on this device")]
    [InlineData("", "each streetlight when powerWatts > 100 then command setDimming(percent: 50) on this device and raise alarm \"A\"")]
    [InlineData("a", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 60) on this device")]
    [InlineData("a", "each cabinet when segment1On then command setSegment(segment: 1, on: 1) on this device")]
    [InlineData("", "each cabinet when segment1On then command setSegment(segment: 1, on: 0) on this device")]
    [InlineData("", "each cabinet when segment1On then command setSegment(segment: 2, on: 1) on this device", "each cabinet when segment3On then command setSegment(segment: 1, on: 1) on this device")]
    [InlineData("a>b", "each cabinet when segment1On then command setSegment(segment: 3, on: 1) on this device", "each cabinet when segment3On then command setSegment(segment: 1, on: 1) on this device")]

    // What follows from a command links too.
    [InlineData("a>b", "each streetlight when powerWatts > 100 then command setDimming(percent: 50) on this device", "each streetlight when powerWatts < 60 then command setDimming(percent: 100) on this device")]
    [InlineData("a>b", "each streetlight when lampFailure then command setDimming(percent: 0) on this device", "each streetlight when status = ok then command setDimming(percent: 100) on this device")]
    [InlineData("", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device", "each streetlight when supplyVolts < 207 then command setDimming(percent: 60) on this device")]
    [InlineData("a>b>c", "each streetlight when dimmingPercent > 80 then command setDimming(percent: 60) on this device", "each streetlight when dimmingPercent > 50 and dimmingPercent <= 80 then command setDimming(percent: 20) on this device", "each streetlight when dimmingPercent < 30 for 1 d then command setDimming(percent: 100) on this device")]

    // Over the cabinet to the lamps, and back over the commune.
    [InlineData("a>b", "each cabinet when segment1On then command setSegment(segment: 1, on: 0) on this device", "each streetlight when powerWatts < 5 then command setSegment(segment: 1, on: 1) on group commune")]
    [InlineData("a>b", "each commune when lighting.powerWatts > 50 then command setDimming(percent: 10) on group commune", "each commune when lighting.on < 3 then command setDimming(percent: 100) on group commune")]
    [InlineData("a>b", "each cabinet when count(of kind streetlight where same cabinet: lampUnexpectedOn) >= 2 then command setSegment(segment: 1, on: 0) on this device", "each cabinet when share(of kind streetlight where same cabinet: supplyLoss) > 50 % then command setSegment(segment: 1, on: 1) on this device")]
    [InlineData("", "each cabinet when doorOpen then command setSegment(segment: 1, on: 0) on this device", "each cabinet when share(of kind streetlight where same cabinet: status = silent) > 50 % then command setSegment(segment: 1, on: 1) on this device")]

    // Alarms.
    [InlineData("a>b", "each bin when fillPercent > 80 or alarm \"rule.b\" is raised then raise alarm \"A\"", "each bin when alarm \"rule.a\" is raised then raise alarm \"B\"")]
    [InlineData("", "each bin when fillPercent > 80 then raise alarm \"A\"", "each bin when alarm \"rule.a\" is raised then raise alarm \"B\"")]
    [InlineData("a>b", "each bin when not alarm \"rule.b\" is raised then raise alarm \"A\"", "each bin when alarm \"rule.a\" is raised then raise alarm \"B\"")]
    [InlineData("a", "each bin when overflow and not alarm \"rule.a\" is raised then raise alarm \"A\"")]
    [InlineData("", "each bin when overflow and alarm \"rule.b\" is acknowledged then raise alarm \"A\"", "each bin when alarm \"rule.a\" is raised then raise alarm \"B\"")]
    [InlineData("a>b", "each bin when alarm \"rule.b\" is cleared then raise alarm \"A\"", "each bin when alarm \"rule.a\" is raised then clear alarm \"b\" and raise alarm \"B\"")]
    [InlineData("a>b", "each commune when alarms.unacknowledged > 10 then command setDimming(percent: 100) on group commune", "each streetlight when dimmingPercent > 90 then raise alarm \"B\"")]

    // Work orders, messages and flags are looked at by nobody.
    [InlineData("", "each bin when fillPercent > 80 then open work order and notify ops \"x\" and set flag \"bins\"", "each bin when overflow then set flag \"bins\"")]
    public void Loops_are_told_by_what_rules_move_and_look_at(string expected, params string[] texts) =>
        Assert.Equal(expected, string.Join(' ', LoopsOf([.. texts.Select((text, place) => Node(((char)('a' + place)).ToString(), text))]).Select(warning => string.Join('>', warning.Rules))));

    [Theory]
    [InlineData(true, "all", "all")]
    [InlineData(true, "commune:29019", "all")]
    [InlineData(true, "commune:29019", "commune:29019")]
    [InlineData(false, "commune:29019", "commune:29155")]
    [InlineData(true, "department:29", "commune:29155")]
    [InlineData(true, "device:L1", "commune:29019")]
    [InlineData(false, "device:L1", "commune:29155")]
    [InlineData(false, "device:L1", "device:L2")]
    [InlineData(true, "device:L1", "device:L1")]
    public void Rules_that_hold_nowhere_together_are_no_loop(bool isLoop, string one, string other) =>
        Assert.Equal(isLoop, LoopsOf(Up("a", one), Down("b", other)).Length == 1);

    [Theory]
    [InlineData(true, "zone = \"a\"", "zone = \"a\"")]
    [InlineData(false, "zone = \"a\"", "zone = \"b\"")]
    [InlineData(false, "zone = \"a\"", "zone != \"a\"")]
    [InlineData(true, "zone = \"a\"", "street = \"b\"")]
    [InlineData(false, "wattage > 50", "wattage <= 50")]
    [InlineData(true, "wattage >= 50", "wattage <= 50")]
    [InlineData(false, "wattage = 40", "wattage > 50")]
    [InlineData(true, "wattage > 40", "wattage > 50")]
    public void Rules_for_devices_with_other_attributes_are_no_loop(bool isLoop, string one, string other) => Assert.Equal(isLoop, LoopsOf(
        Node("a", $"each streetlight where {one} when dimmingPercent > 50 then command setDimming(percent: 40) on this device"),
        Node("b", $"each streetlight where {other} when dimmingPercent < 50 then command setDimming(percent: 60) on this device")).Length == 1);

    [Fact]
    public void Who_commands_a_group_reaches_whatever_attributes_it_has_itself() => Assert.Single(LoopsOf(
        Node("a", "each streetlight where zone = \"a\" when dimmingPercent > 50 then command setDimming(percent: 40) on group commune"),
        Node("b", "each streetlight where zone = \"b\" when dimmingPercent < 50 then command setDimming(percent: 60) on group commune")));

    [Fact]
    public void A_loop_is_told_by_the_names_of_its_rules_and_what_links_them_in_both_languages()
    {
        var warning = Assert.Single(LoopsOf(Down("a", "all"), Up("b", "all")));
        Assert.Equal(
            "Loop of rules: “Name a (a)” by 'command setDimming' moves dimmingPercent, at which “Name b (b)” looks; “Name b (b)” by 'command setDimming' moves dimmingPercent, at which “Name a (a)” looks. "
            + "A command that goes round is cut.",
            warning.Reason);
        Assert.Equal(
            "Boucle de règles : « Name a (a) » agit par 'command setDimming' sur dimmingPercent, que regarde « Name b (b) » ; « Name b (b) » agit par 'command setDimming' sur dimmingPercent, "
            + "que regarde « Name a (a) ». Une commande qui fait le tour est coupée.",
            warning.ReasonFrench);
        Assert.StartsWith("Rule “Name a (a)” feeds itself", Assert.Single(LoopsOf(Node("a", "each streetlight when dimmingPercent > 5 then command setDimming(percent: 60) on this device"))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rules_that_ship_are_no_loop_together()
    {
        var nodes = StarterRules.All.Select(starter => Node(starter.Id, starter.Text)).ToArray();
        Assert.All(nodes, node => Assert.Empty(LoopWarnings.Of(node, nodes.Where(other => other != node), out _)));
    }

    [Fact]
    public void Of_two_thousand_rules_only_those_are_compared_that_have_something_in_common()
    {
        // One for each trade and commune, of which two commune's are like those of everybody; and one more that commands.
        var others = new List<RuleNode>();
        for (var number = 0; number < 2_000; number++)
        {
            var (scope, id) = ($"commune:{10_000 + (number / 4)}", $"r{number}");
            others.Add((number % 4) switch
            {
                0 => Down(id, scope),
                1 => Node(id, "each bin when fillPercent > 80 then raise alarm \"A\"", scope),
                2 => Node(id, "each streetlight when lampFailure for 1 h then open work order", scope),
                _ => Node(id, "each meter when since(heard) > 2 d then raise alarm \"A\"", scope),
            });
        }

        var warning = Assert.Single(LoopWarnings.Of(Up("mine", "commune:10007"), others, out var comparisons));
        Assert.Equal(["mine", "r28"], warning.Rules);
        Assert.InRange(comparisons, 2, 10);

        // One that holds everywhere meets one in each commune that moves what it looks at, and two that look at what it moves.
        Assert.Equal(RuleWarning.MostLoops, LoopWarnings.Of(Up("mine", "all"), others, out comparisons).Length);
        Assert.InRange(comparisons, 500, 2_000);
    }

    [Fact]
    public void However_many_rules_command_each_other_only_so_many_are_compared_and_it_is_said()
    {
        var others = Enumerable.Range(0, 2_000).Select(number => Node($"r{number}", "each streetlight when dimmingPercent > 50 then command setDimming(percent: 40) on this device")).ToArray();
        Assert.Empty(LoopWarnings.Of(Node("mine", "each streetlight when dimmingPercent < 30 then command setDimming(percent: 60) on this device"), others, out var comparisons));
        Assert.InRange(comparisons, 2_000, 5_000);

        var chain = Enumerable.Range(0, 400).Select(number => Node(
            $"r{number}", $"each streetlight when dimmingPercent < 30 and powerWatts > {number} then command setDimming(percent: 20) on this device")).ToArray();
        var warnings = LoopWarnings.Of(Node("mine", "each streetlight when dimmingPercent < 30 then command followPlan on this device"), chain, out comparisons, 300);
        Assert.Equal(300, comparisons);
        Assert.Contains("not all were compared", warnings[^1].Reason, StringComparison.Ordinal);
        Assert.Contains("pas toutes été comparées", warnings[^1].ReasonFrench, StringComparison.Ordinal);
    }

    internal static RuleNode Node(string id, string text, string scope = "all")
    {
        var rule = RuleText.Read(text).Rule ?? throw new ArgumentException(RuleText.Read(text).Faults[0].ToString(), nameof(text));
        var device = scope.StartsWith("device:", StringComparison.Ordinal) ? scope["device:".Length..] : null;
        FrozenSet<string>? communes = scope switch
        {
            "all" => null,
            "department:29" => new[] { "29019", "29155" }.ToFrozenSet(),
            _ when device is not null => new[] { "29019" }.ToFrozenSet(),
            _ => new[] { scope["commune:".Length..] }.ToFrozenSet(),
        };
        return new RuleNode(id, $"Name {id}", rule, RuleChecker.FactsOf(rule).Kinds, new RuleGround(scope, device, communes));
    }

    private static RuleNode Up(string id, string scope) => Node(id, $"each streetlight when dimmingPercent < 50 then {string.Format(null, Dims, 60)}", scope);

    private static RuleNode Down(string id, string scope) => Node(id, $"each streetlight when dimmingPercent > 50 then {string.Format(null, Dims, 40)}", scope);

    private static ImmutableArray<RuleWarning> LoopsOf(params RuleNode[] rules) => LoopWarnings.Of(rules[0], rules[1..], out _);
}
