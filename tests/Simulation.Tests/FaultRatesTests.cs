using Grid.Simulation.Faults;

namespace Grid.Tests.Simulation;

public sealed class FaultRatesTests
{
    [Fact]
    public void All_has_every_fault_and_none_has_none()
    {
        Assert.All(Enum.GetValues<Fault>(), fault => Assert.True(FaultRates.Parse("all")[fault] > 0, $"{fault} never happens"));
        Assert.True(FaultRates.Parse("none").IsNone);
    }

    [Fact]
    public void Faults_are_chosen_by_name_with_a_rate_and_taken_away_with_a_minus()
    {
        var rates = FaultRates.Parse("all,-crash,tornWrite=0.9");

        Assert.Equal(0, rates[Fault.Crash]);
        Assert.Equal(0.9, rates[Fault.TornWrite]);
        Assert.Equal(FaultRates.Defaults[Fault.Silence].Rate, rates[Fault.Silence]);
        Assert.Equal(rates.ToString(), FaultRates.Parse(rates.ToString()).ToString());
    }

    [Theory]
    [InlineData("earthquake", "earthquake")]
    [InlineData("crash=often", "often")]
    [InlineData("crash=-1", "-1")]
    public void What_is_no_fault_or_no_rate_is_refused_by_name(string text, string named) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => FaultRates.Parse(text)).Message, StringComparison.Ordinal);
}
