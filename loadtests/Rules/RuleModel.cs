using Grid.Contracts.Devices;

namespace Grid.LoadTests.Rules;

/// <summary>A rule of the mix.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Scope">Its territory, or its device.</param>
/// <param name="Text">What it says.</param>
/// <param name="Model">The same in other words, where what it does is checked; null where it is not.</param>
internal sealed record MixedRule(string Id, string Scope, string Text, RuleModel? Model);

/// <summary>What a rule compares with its limit.</summary>
internal enum ModelledValue
{
    /// <summary>The newest value of the metric.</summary>
    Newest,

    /// <summary>What it gained an hour between its last two reports.</summary>
    Rate,

    /// <summary>What it gained between its last two reports.</summary>
    Gain,
}

/// <summary>What a rule means, apart from its text: its alarm is raised when a value has been on the wrong side of a limit for a time, within a window of the day.</summary>
/// <param name="Kind">The kind of device.</param>
/// <param name="Metric">The metric.</param>
/// <param name="Value">What of it.</param>
/// <param name="IsAbove">True when above the limit is wrong, false when below is.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Deadband">By how much it must go back; 0 for none.</param>
/// <param name="ForMinutes">For how long; 0 for at once.</param>
/// <param name="Window">Minutes of the local day, the second exclusive, past midnight where it is the smaller; null for always.</param>
/// <param name="Attribute">A text attribute that the device must have; null for any device.</param>
internal sealed record RuleModel(
    DeviceKind Kind, string Metric, ModelledValue Value, bool IsAbove, double Limit, double Deadband, int ForMinutes, (int From, int To)? Window, (string Name, string Value)? Attribute);
