using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Each kind of mistake is told with where it is, what is there and what was expected.</summary>
public sealed class RuleFaultTests
{
    private const string Then = " then open work order";

    public static TheoryData<string, string> Mistakes { get; } = new()
    {
        // The frame.
        { "", "line 1, column 1: found the end, expected 'each' or 'when'" },
        { "if overflow", "line 1, column 1: found 'if', expected 'each' or 'when'" },
        { "when overflow", "line 1, column 14: found the end, expected a comparison, 'and', 'or', 'for', 'within' or 'then'" },
        { "when overflow\n  for 10 min", "line 2, column 13: found the end, expected 'within' or 'then'" },
        { "when overflow within night", "line 1, column 27: found the end, expected 'and', 'or' or 'then'" },
        { "when overflow then", "line 1, column 19: found the end, expected an action: raise alarm, clear alarm, command, open work order, notify or set flag" },
        { "when overflow then open work order, notify a \"x\"", "line 1, column 35: found ',', expected 'and' with another action, or the end" },
        { "each lamp when overflow" + Then, "line 1, column 6: found 'lamp', expected commune or a kind of device: one of bin, building, cabinet, environment, meter, streetlight" },
        { "each bin overflow" + Then, "line 1, column 10: found 'overflow', expected 'when'" },
        { "each bin where street ~ 3 when overflow" + Then, "line 1, column 23: found '~', expected a word, a number, a text in quotes or one of ( ) + - * / < > = ! , : %" },
        { "each bin where street when overflow" + Then, "line 1, column 23: found 'when', expected one of > >= < <= = !=" },
        { "each bin where street = Main when overflow" + Then, "line 1, column 25: found 'Main', expected a number, a text in quotes, true or false" },
        { "each bin where street > \"A\" when overflow" + Then, "line 1, column 16: found street > a text or flag, expected = or != for a text or a flag" },

        // Words, numbers and texts.
        { "when filPercent > 80" + Then, "line 1, column 6: found 'filPercent', expected a metric, a condition, a figure, status, night, day or a weekday such as fillPercent" },
        { "when \"fillPercent\" > 80" + Then, "line 1, column 6: found \"fillPercent\", expected fillPercent without quotes: only a metric that the catalogue does not know stands in quotes" },
        { "when previous(fillPercnt) > 80" + Then, "line 1, column 15: found 'fillPercnt', expected a metric such as fillPercent; one that the catalogue does not know stands in quotes" },
        { "when average(fillPercent) > 80" + Then, "line 1, column 6: found 'average', expected one of previous(...), rate(...), since(...), reported(...), count(...), share(...)" },
        { "when fillPercent > 1.1234567" + Then, "line 1, column 20: found '1.1234567', expected a number with at most 6 decimals" },
        { "when fillPercent > 10000000000000" + Then, "line 1, column 20: found '10000000000000', expected a number of at most 1000000000000" },
        { "when from 25:00 to 06:00 and overflow" + Then, "line 1, column 11: found '25:00', expected a time from 00:00 to 23:59" },
        { "when from noon to 06:00 and overflow" + Then, "line 1, column 11: found 'noon', expected a time of the day such as 22:30, sunset or civilDawn-00:30" },
        { "when from sunset+13:00 to 06:00 and overflow" + Then, "line 1, column 18: found '13:00', expected hours and minutes up to 12:00, such as 00:30" },
        { "when from sunset 06:00 and overflow" + Then, "line 1, column 18: found '06:00', expected 'to'" },
        { "when overflow then raise alarm \"Plein", "line 1, column 32: found a text without an end, expected a closing '\"' on the same line, and \\\" or \\\\ for these signs in it" },
        { "when overflow then raise alarm \"\"", "line 1, column 32: found a text of 0 characters, expected 1 to 200 characters in quotes" },
        { "when overflow for 10" + Then, "line 1, column 22: found 'then', expected a unit of time: s, min, h or d" },
        { "when overflow for then", "line 1, column 19: found 'then', expected a duration such as 10 min, 2 h or 1 d" },
        { "when overflow for 400 d" + Then, "line 1, column 19: found '400', expected a duration of at most 366 d in whole milliseconds" },

        // Brackets and operators.
        { "when (overflow or fire" + Then, "line 1, column 24: found 'then', expected ')'" },
        { "when overflow and" + Then, "line 1, column 19: found 'then', expected a condition, such as fillPercent > 80, overflow or night" },
        { "when fillPercent > " + Then, "line 1, column 21: found 'then', expected a condition, such as fillPercent > 80, overflow or night" },
        { "when fillPercent > 80 deadband" + Then, "line 1, column 32: found 'then', expected a number: by how much it must go back" },
        { "when alarm overflow is loud" + Then, "line 1, column 24: found 'loud', expected what the alarm is: one of acknowledged, cleared, raised" },
        { "when alarm flood is raised" + Then, "line 1, column 12: found 'flood', expected a condition, or the alarm of a rule in quotes, such as \"rule.pump\"" },
        { "when count(of kind lamp: overflow) > 3" + Then, "line 1, column 20: found 'lamp', expected a kind of device: one of bin, building, cabinet, environment, meter, streetlight" },
        { "when count(of kind bin where same street: overflow) > 3" + Then, "line 1, column 35: found 'street', expected a group: one of cabinet, commune" },
        { "when count(of kind bin overflow) > 3" + Then, "line 1, column 24: found 'overflow', expected ':'" },

        // Types.
        { "when fillPercent" + Then, "line 1, column 6: found a percentage, expected true or false, such as a comparison, a condition or night" },
        { "when silent" + Then, "line 1, column 6: found a status, expected true or false, such as a comparison, a condition or night" },
        { "when fillPercent > 2 h" + Then, "line 1, column 20: found a duration, expected a percentage to compare with a percentage" },
        { "when temperatureCelsius > 20 %" + Then, "line 1, column 27: found a percentage, expected a number to compare with a number" },
        { "when overflow = 1" + Then, "line 1, column 6: found true or false, expected a number, a duration or status: what is true or false stands alone, or after not" },
        { "when status > silent" + Then, "line 1, column 13: found '>', expected = or != for a status" },
        { "when since(heard) > 30" + Then, "line 1, column 21: found a number, expected a duration to compare with a duration" },
        { "when fillPercent + overflow > 3" + Then, "line 1, column 18: found a percentage + true or false, expected two numbers, or durations" },
        { "when rate(tilted) > 3" + Then, "line 1, column 6: found the rate of tilted, which is true or false, expected the rate of a number" },
        { "when -overflow > 3" + Then, "line 1, column 6: found the negative of true or false, expected the negative of a number" },
        { "when fillPercent = 80 deadband 5" + Then, "line 1, column 18: found a deadband on '=', expected a deadband on > >= < or <=" },
        { "when since(heard) > 2 h deadband 5" + Then, "line 1, column 19: found a deadband on a duration, expected a deadband on a number" },
        { "when overflow within fillPercent > 3" + Then, "line 1, column 34: found 'fillPercent > 3', expected sun and calendar only: night, day, weekdays, holiday, from ... to ..., with and, or, not" },

        // Kinds.
        { "when fillPercent > 80 and co2Ppm > 900" + Then, "line 1, column 27: found co2Ppm of building, expected what bin knows" },
        { "each meter when fillPercent > 80" + Then, "line 1, column 29: found a condition that no meter knows, expected what a meter reports or can be found in" },
        { "when night" + Then, "line 1, column 6: found nothing of a device, expected 'each commune' or 'each' with a kind of device before 'when', or something that devices know" },
        { "each commune when overflow" + Then, "line 1, column 19: found something of one device in a rule for each commune, expected figures, counts and shares of the commune, sun and calendar" },
        { "when count(of kind bin: lampFailure) > 3 and overflow" + Then, "line 1, column 25: found lampFailure of streetlight, expected what bin knows" },
        { "when count(of kind bin: lighting.on > 3) > 3 and overflow" + Then, "line 1, column 25: found a figure of the commune within a group, expected what a device of the group knows itself" },
        { "when count(of kind bin: fillPercent > 3 deadband 1) > 3 and overflow" + Then, "line 1, column 37: found a deadband within a group, expected a deadband on the count or the share" },
        { "each bin when count(of kind bin where same cabinet: overflow) > 3" + Then, "line 1, column 15: found a bin of a cabinet, expected of kind streetlight or cabinet where same cabinet" },

        // Actions.
        { "when overflow then shout", "line 1, column 20: found 'shout', expected an action: raise alarm, clear alarm, command, open work order, notify or set flag" },
        { "when overflow then raise alarm Plein", "line 1, column 32: found 'Plein', expected the text of the alarm in quotes" },
        { "when overflow then raise alarm \"A\" priority loud", "line 1, column 45: found 'loud', expected a priority: one of high, low, medium, urgent" },
        { "when overflow then raise alarm \"A\" and raise alarm \"B\"", "line 1, column 40: found another alarm, expected one alarm: it is the rule's own" },
        { "when overflow then open order", "line 1, column 25: found 'order', expected 'work'" },
        { "when overflow then notify ops", "line 1, column 30: found the end, expected the text of the message in quotes" },
        { "when overflow then command setDimming(percent: 50) on this device", "line 1, column 20: found the command setDimming to a device that does not know it, expected 'each streetlight' before 'when'" },
        { "when lampFailure then command setDiming(percent: 50) on this device", "line 1, column 23: found the unknown command 'setDiming', expected one of setDimming, followPlan, loadProgram, setSegment" },
        { "when lampFailure then command setDimming(percent: 150) on this device", "line 1, column 23: found percent: 150, expected percent as a number from 0 to 100" },
        { "when lampFailure then command setDimming(level: 50, percent: 5) on this device", "line 1, column 23: found the unknown argument 'level', expected one of percent, durationMinutes" },
        { "when lampFailure then command setDimming() on this device", "line 1, column 23: found 'setDimming' without percent, expected percent as a number from 0 to 100" },
        { "when lampFailure then command setDimming(percent: 5, percent: 6) on this device", "line 1, column 23: found the argument 'percent' twice, expected each argument once" },
        { "when lampFailure then command setDimming(percent: 5 6) on this device", "line 1, column 53: found '6', expected ',' or ')'" },
        { "when lampFailure then command followPlan on all", "line 1, column 45: found 'all', expected 'this device', 'group cabinet' or 'group commune'" },
        { "when lampFailure then command loadProgram on group cabinet", "line 1, column 23: found the command loadProgram to a group, expected one of followPlan, setDimming, setSegment" },
        { "when overflow then command followPlan on group cabinet", "line 1, column 20: found 'group cabinet' in a rule for others than cabinets and streetlights, expected 'each cabinet' or 'each streetlight' before 'when'" },
        { "each commune when lighting.on > 3 then command followPlan on this device", "line 1, column 40: found 'this device' in a rule for each commune, expected 'group commune'" },
        { "each commune when lighting.on > 3 then clear alarm \"a\"", "line 1, column 40: found 'clear alarm' in a rule for each commune, expected an action that needs no device" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told_with_line_and_column_and_what_was_expected(string text, string fault) => Assert.Equal(fault, RuleText.Read(text).Faults[0].ToString());

    [Fact]
    public void Types_are_all_checked_at_once()
    {
        var faults = RuleText.Read("when fillPercent > 2 h\n and overflow = 1" + Then).Faults;
        Assert.Equal([(1, 20), (2, 6)], faults.Select(fault => (fault.At.Line, fault.At.Column)));
    }

    public static TheoryData<string, string> JsonMistakes { get; } = new()
    {
        { "[]", "$: found an array of 0, expected an object with each, where, when, for, within, then" },
        { "{", "$: found no JSON: Expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed. LineNumber: 0 | BytePositionInLine: 1., expected a rule as a JSON object" },
        { "{\"when\":\"night\"}", "$: found an object with 'when', expected an object with 'then'" },
        { "{\"if\":1}", "$.if: found 'if', expected one of each, where, when, for, within, then" },
        { Json("{\"metrik\":\"fillPercent\"}"), "$.when: found an object with 'metrik', expected a part of a condition: metric, previous, rate, since, condition, status, figure, alarm, from, count, share, percent, duration, negative, + - * /, > >= < <= = !=, and, or, not" },
        { Json("{\"and\":[{\"condition\":\"overflow\"},{\"condition\":\"flod\"}]}"), "$.when.and[1].condition: found 'flod', expected a condition" },
        { Json("{\"and\":[{\"condition\":\"overflow\"}]}"), "$.when.and: found an array of 1, expected an array of at least two" },
        { Json("{\">\":[{\"metric\":\"fillPercent\"},\"night\"]}"), "$.when.>[1]: found true or false, expected a percentage to compare with a percentage" },
        { Json("{\">\":[{\"metric\":\"fillPercent\"},1e300]}"), "$.when.>[1]: found '1e300', expected a number from -1000000000000 to 1000000000000" },
        { Json("{\">\":[{\"metric\":\"fillPercent\"},0.12345678]}"), "$.when.>[1]: found '0.12345678', expected a number with at most 6 decimals" },
        { Json("{\">\":[{\"since\":\"heard\"},{\"duration\":\"10 min\"}]}"), "$.when.>[1].duration: found '10 min', expected an ISO 8601 duration such as PT10M, at most 366 days in whole milliseconds" },
        { Json("{\"from\":\"8:5\",\"to\":\"sunset\"}"), "$.when.from: found '8:5', expected a time of the day such as 22:30, sunset or civilDawn-00:30" },
        { Json("{\"condition\":\"overflow\",\"or\":1}"), "$.when.or: found 'or', expected one of condition" },
        { "{\"when\":{\"condition\":\"overflow\"},\"then\":[{\"openWorkOrder\":{},\"setFlag\":\"x\"}]}", "$.then[0]: found an object with 'openWorkOrder', expected an object with one of raiseAlarm, clearAlarm, command, openWorkOrder, notify, setFlag" },
        { "{\"when\":{\"condition\":\"overflow\"},\"then\":[{\"setFlag\":\"\\ud800\"}]}", "$.then[0].setFlag: found an unreadable text, expected the name of the flag: 1 to 200 characters, no control characters" },
    };

    [Theory]
    [MemberData(nameof(JsonMistakes))]
    public void A_mistake_in_json_is_told_with_its_place_and_what_was_expected(string json, string fault) => Assert.Equal(fault, RuleJson.Read(json).Faults[0].ToString());

    [Fact]
    public void Each_mistake_is_told_in_French_with_the_same_place_and_the_same_words_of_the_language()
    {
        Assert.All(AllFaults(), fault =>
        {
            FrenchFaults.Judge(fault, fault.ToString());
            Assert.False(FrenchFaults.IsEnglish(fault.Line.Fr), fault.Line.Fr);
            Assert.StartsWith(fault.At.Path is { } path ? $"{path} : trouvé " : $"ligne {fault.At.Line}, colonne {fault.At.Column} : trouvé ", fault.Line.Fr, StringComparison.Ordinal);
            Assert.Contains(", attendu ", fault.Line.Fr, StringComparison.Ordinal);
            Assert.Equal(FrenchFaults.QuotedIn(fault.ToString()), FrenchFaults.QuotedIn(fault.Line.Fr));
        });

        // The control: English is found, and quotations are.
        Assert.All(AllFaults(), fault => Assert.True(FrenchFaults.IsEnglish(fault.ToString())));
        Assert.Equal(["'each'", "'when'"], FrenchFaults.QuotedIn("found the end, expected 'each' or 'when'"));
    }

    [Theory]
    [InlineData("", "ligne 1, colonne 1 : trouvé la fin, attendu 'each' ou 'when'")]
    [InlineData("when filPercent > 80" + Then, "ligne 1, colonne 6 : trouvé 'filPercent', attendu une mesure, une condition, un chiffre, status, night, day ou un jour de la semaine comme fillPercent")]
    [InlineData("when fillPercent > 2 h" + Then, "ligne 1, colonne 20 : trouvé une durée, attendu un pourcentage à comparer avec un pourcentage")]
    [InlineData("when count(of kind bin where same street: overflow) > 3" + Then, "ligne 1, colonne 35 : trouvé 'street', attendu un groupe : l’un de cabinet, commune")]
    [InlineData("when lampFailure then command setDimming(percent: 150) on this device", "ligne 1, colonne 23 : trouvé percent: 150, attendu percent en nombre de 0 à 100")]
    public void A_mistake_reads_as_French(string text, string fault) => Assert.Equal(fault, RuleText.Read(text).Faults[0].Line.Fr);

    private static IEnumerable<RuleFault> AllFaults() =>
        Mistakes.SelectMany(row => RuleText.Read(row.Data.Item1).Faults).Concat(JsonMistakes.SelectMany(row => RuleJson.Read(row.Data.Item1).Faults));

    private static string Json(string when) => $"{{\"when\":{when},\"then\":[{{\"openWorkOrder\":{{}}}}]}}";
}
