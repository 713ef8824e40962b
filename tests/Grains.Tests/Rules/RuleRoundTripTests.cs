using FsCheck;
using FsCheck.Fluent;
using Grid.Grains.Rules.Language;

namespace Grid.Tests.Grains.Rules;

/// <summary>Text and JSON say the same.</summary>
public sealed class RuleRoundTripTests
{
    [Fact]
    public void Text_to_model_to_json_to_model_to_text_is_the_identity() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var rule = new RuleSource(seed).Next();
            var text = RulePrinter.Print(rule);
            var fromText = Read(RuleText.Read(text), text);
            var json = RuleJsonWriter.Write(fromText);
            var fromJson = Read(RuleJson.Read(json), json);
            return fromText == rule && fromJson == rule && RulePrinter.Print(fromJson) == text && RuleJsonWriter.Write(fromJson) == json;
        }));

    [Theory]
    [InlineData("when  fillPercent>80%   deadband 5 for 90 min\nthen raise alarm \"Plein\"", "when fillPercent > 80 % deadband 5 for 90 min then raise alarm \"Plein\"")]
    [InlineData("when (fillPercent > 80) then open work order", "when fillPercent > 80 then open work order")]
    [InlineData("when since(heard) > 120 min then open work order", "when since(heard) > 2 h then open work order")]
    [InlineData("when not (overflow or fire) then set flag \"ok\"", "when not (overflow or fire) then set flag \"ok\"")]
    [InlineData("when overflow and (fire and tipped) then open work order", "when overflow and (fire and tipped) then open work order")]
    [InlineData("when fillPercent - (1 - 2) > 3 then open work order", "when fillPercent - (1 - 2) > 3 then open work order")]
    [InlineData("when reported(doorOpen) then raise alarm \"A\" priority medium", "when reported(doorOpen) then raise alarm \"A\"")]
    [InlineData("each streetlight when lampFailure then command setDimming(percent: 50, durationMinutes: 30) on this device", "each streetlight when lampFailure then command setDimming(durationMinutes: 30, percent: 50) on this device")]
    [InlineData("each cabinet when count(of kind streetlight where same cabinet: lampFailure) >= 3 then open work order", "each cabinet when count(of kind streetlight where same cabinet: lampFailure) >= 3 then open work order")]
    [InlineData("when fillPercent > 50 within weekday and from 22:00 to sunrise-00:30 then notify ops \"x\"", "when fillPercent > 50 within weekday and from 22:00 to sunrise-00:30 then notify ops \"x\"")]
    public void One_text_stands_for_all_that_say_the_same(string written, string canonical) => Assert.Equal(canonical, RulePrinter.Print(Read(RuleText.Read(written), written)));

    [Fact]
    public void Json_has_a_part_for_each_part_of_the_text()
    {
        const string Text = "each bin where street = \"Rue A\" when fillPercent > 80 % deadband 5 and not night for 10 min within weekday then raise alarm \"Plein\" priority high";
        Assert.Equal(
            """{"each":"bin","where":[{"attribute":"street","=":"Rue A"}],"when":{"and":[{">":[{"metric":"fillPercent"},{"percent":80}],"deadband":5},{"not":"night"}]},"for":"PT10M","within":"weekday","then":[{"raiseAlarm":{"text":"Plein","priority":"high"}}]}""",
            RuleJsonWriter.Write(Read(RuleText.Read(Text), Text)));
    }

    private static Rule Read(RuleReading reading, string from) => reading.Rule ?? throw new InvalidOperationException($"{string.Join("; ", reading.Faults)}\n{from}");
}
