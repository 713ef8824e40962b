using Grid.Contracts.Lighting;

namespace Grid.Grains.Lighting;

/// <summary>Whether two plans say the same. The arrays in them compare by reference, so records alone do not tell.</summary>
public static class PlanComparison
{
    /// <summary>True when they say the same.</summary>
    public static bool AreSame(LightingPlan left, LightingPlan right) =>
        left.Name == right.Name && left.Decision == right.Decision && left.Installation == right.Installation
        && left.Calendar.SequenceEqual(right.Calendar) && left.Overrides.SequenceEqual(right.Overrides) && left.Pauses.SequenceEqual(right.Pauses)
        && left.Programs.Length == right.Programs.Length
        && left.Programs.Zip(right.Programs).All(pair => pair.First.Name == pair.Second.Name && pair.First.Points.SequenceEqual(pair.Second.Points));
}
