using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Parameters;
using Grid.Grains.Sectors;

namespace Grid.Tests.City.Parameters;

/// <summary>What held as of an entry of the log.</summary>
public sealed class SectorParametersTests
{
    private static readonly ImmutableArray<ParameterSet> Stored = Fire(1), First = Fire(2), Second = Fire(3);

    [Fact]
    public void Each_entry_has_what_held_as_of_it()
    {
        var parameters = new SectorParameters();
        Assert.Empty(parameters.Newest);
        parameters.Resume(Stored);
        parameters.Set(10, First);
        parameters.Set(20, Second);

        Assert.Equal([Stored, Stored, First, First, Second, Second], new long[] { 0, 9, 10, 19, 20, 99 }.Select(parameters.At));
        Assert.Equal(Second, parameters.Newest);
    }

    [Fact]
    public void An_application_that_begins_again_sees_what_held_before_it()
    {
        var parameters = new SectorParameters();
        parameters.Resume(Stored);
        parameters.Set(10, First);
        parameters.Set(20, Second);

        Assert.Equal(Stored, parameters.At(9));
        parameters.Set(10, First);
        Assert.Equal(First, parameters.At(19));
        parameters.Set(20, Second);
        Assert.Equal([First, Second], new long[] { 19, 20 }.Select(parameters.At));
    }

    [Fact]
    public void What_held_before_the_last_checkpoint_is_forgotten_and_what_held_at_it_is_not()
    {
        var parameters = new SectorParameters();
        parameters.Set(10, First);
        parameters.Set(20, Second);
        parameters.Forget(9);
        Assert.Empty(parameters.At(9));
        parameters.Forget(15);

        Assert.Equal([First, First, Second], new long[] { 0, 19, 20 }.Select(parameters.At));
    }

    private static ImmutableArray<ParameterSet> Fire(double celsius) =>
        [new ParameterSet { Kind = DeviceKind.Bin, Values = [new ParameterValue("fireCelsius", AttributeValue.Of(celsius))] }];
}
