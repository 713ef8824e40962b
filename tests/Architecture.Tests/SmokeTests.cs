namespace Grid.Tests.Runtime;
public class SmokeTests { [Fact] public void Starts() => Assert.Equal(2, int.Parse("2", System.Globalization.CultureInfo.InvariantCulture)); }
