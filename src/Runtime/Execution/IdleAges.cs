namespace Grid.Runtime.Execution;

/// <summary>
/// Finds those that were idle longest without putting all in order: counts them by age, in classes of a thousandth of the longest age that is told
/// apart, then says of each whether it belongs to the chosen ones.
/// </summary>
internal sealed class IdleAges(int longestTenths)
{
    private const int Classes = 1000;

    private readonly int[] _counts = new int[Classes + 1];
    private int _youngestClass = Classes + 1;
    private int _ofYoungestClass;

    public void Count(int tenths) => _counts[ClassOf(tenths)]++;

    /// <summary>Chooses that many of those counted, the oldest.</summary>
    public void Choose(int number)
    {
        while (number > 0 && _youngestClass > 0)
        {
            _youngestClass--;
            _ofYoungestClass = Math.Min(number, _counts[_youngestClass]);
            number -= _ofYoungestClass;
        }
    }

    /// <summary>Whether one of that age is among the chosen ones. Of the youngest class as many are as were needed.</summary>
    public bool Take(int tenths)
    {
        var ageClass = ClassOf(tenths);
        return ageClass > _youngestClass || (ageClass == _youngestClass && _ofYoungestClass-- > 0);
    }

    private int ClassOf(int tenths) => (int)Math.Clamp((long)tenths * Classes / Math.Max(1, longestTenths), 0, Classes);
}
