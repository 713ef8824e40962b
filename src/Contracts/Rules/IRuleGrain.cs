using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rights;
using Orleans;
using Orleans.Concurrency;

namespace Grid.Contracts.Rules;

/// <summary>A rule that an operator wrote: its draft and its versions. Keyed by the rule's id. What is persisted is answered, and nothing before.</summary>
[Alias("grid.IRuleGrain"), RequiresRight(Right.Internal)]
public interface IRuleGrain : IGrainWithStringKey
{
    /// <summary>Keeps a new version as draft: devices go on with the one that is published. The same again is no new version.</summary>
    [Alias("Put")]
    Task<RuleAnswer> Put(RuleDraft draft, string actor);

    /// <summary>The rule, null when there is none.</summary>
    [Alias("Get"), AlwaysInterleave]
    ValueTask<RuleView?> Get();

    /// <summary>Devices follow the newest version from now on: persisted when answered, then the sectors concerned are told. The same again changes nothing.</summary>
    [Alias("Publish")]
    Task<RuleAnswer> Publish(string actor);

    /// <summary>Devices follow the version again that was published before the one that is.</summary>
    /// <param name="actor">Who says so.</param>
    /// <param name="to">That version, so that the same again changes nothing: whoever got no answer asks again. Null for whichever it is: the same again goes back to where it was.</param>
    [Alias("RollBack")]
    Task<RuleAnswer> RollBack(string actor, long? to);

    /// <summary>What a rule would reach beside the devices that it is for; null for one that is wrong. Keeps nothing, whatever the key.</summary>
    [Alias("TargetsOf"), AlwaysInterleave]
    ValueTask<RuleTargets?> TargetsOf(RuleDraft draft);

    /// <summary>How far the published version has come; null when there is no such rule. Asks every sector concerned.</summary>
    [Alias("Reach"), AlwaysInterleave]
    Task<RuleReach?> Reach();

    /// <summary>What it decided last and was not done, newest first, at most <see cref="RuleRefusal.Remembered"/>; null when there is no such rule. Asks every sector concerned.</summary>
    [Alias("GetRefused"), AlwaysInterleave]
    Task<ImmutableArray<RuleRefusal>?> GetRefused();

    /// <summary>What speaks against the newest version beside the rules that are published; empty when there is no such rule. It can be published all the same.</summary>
    [Alias("GetWarnings"), AlwaysInterleave]
    Task<ImmutableArray<RuleWarning>> GetWarnings();

    /// <summary>Removes the rule: devices follow it no more, and what it raised ends. False when there is none.</summary>
    [Alias("Delete")]
    Task<bool> Delete();
}

/// <summary>Tries a rule on what was measured. Keyed by any text: one key tries one rule at a time, and another one in its place.</summary>
[Alias("grid.IRuleTrialGrain"), RequiresRight(Right.Internal)]
public interface IRuleTrialGrain : IGrainWithStringKey
{
    /// <summary>
    /// What the rule would have done; changes nothing. A trial that takes longer than a call waits goes on: asked again for the same, it is waited for again. It ends when nobody asks for two
    /// minutes.
    /// </summary>
    [Alias("Try")]
    Task<RuleTrialAnswer> Try(RuleTrialRequest request);

    /// <summary>Ends what goes on, if anything does: whoever waits for it is told what was found so far.</summary>
    [Alias("Stop")]
    Task Stop();

    /// <summary>The rules that ship with the grid, in French and English.</summary>
    [Alias("Starters")]
    ValueTask<ImmutableArray<StarterRule>> Starters();
}

/// <summary>How far a published rule has come. A sector follows a version from an entry of its log on, and with it all of its devices at once.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleReach")]
public sealed record RuleReach
{
    /// <summary>Names of sectors in <see cref="Behind"/>.</summary>
    public const int MostNamed = 20;

    /// <summary>The published version; null for none.</summary>
    [Id(0)] public required long? Version { get; init; }

    /// <summary>Sectors of the rule's scope in which it holds by competence today.</summary>
    [Id(1)] public required int Sectors { get; init; }

    /// <summary>Those of them that follow the published version.</summary>
    [Id(2)] public required int Following { get; init; }

    /// <summary>The first of those that do not yet.</summary>
    [Id(3)] public required ImmutableArray<string> Behind { get; init; }
}

/// <summary>What somebody writes: a text, or its JSON form.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleDraft")]
public sealed record RuleDraft
{
    /// <summary>For people, 1 to 200 characters.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>For whom: <c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c>, <c>department:29</c> or <c>all</c>.</summary>
    [Id(1)] public required string Scope { get; init; }

    /// <summary>The text; null when the JSON form is given.</summary>
    [Id(2)] public string? Text { get; init; }

    /// <summary>The JSON form; null when the text is given.</summary>
    [Id(3)] public string? Json { get; init; }
}

/// <summary>What is wrong with a rule.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleProblem")]
public sealed record RuleProblem
{
    /// <summary>The field at fault: <c>name</c>, <c>scope</c>, <c>text</c>, or a place in the JSON such as <c>rule.when.and[1]</c>.</summary>
    [Id(0)] public required string Field { get; init; }

    /// <summary>For people, in English, with line and column of a text.</summary>
    [Id(1)] public required string Reason { get; init; }

    /// <summary>Line of the text, from 1; 0 elsewhere.</summary>
    [Id(2)] public int Line { get; init; }

    /// <summary>Column of the line, from 1; 0 elsewhere.</summary>
    [Id(3)] public int Column { get; init; }

    /// <summary>The reason in French. Words of the rule language stand as they are.</summary>
    [Id(4)] public required string ReasonFrench { get; init; }

    /// <summary>A field with the reason in both languages.</summary>
    public static RuleProblem Of(string field, BilingualText reason) => new() { Field = field, Reason = reason.En, ReasonFrench = reason.Fr };
}

/// <summary>A version of a rule.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleVersion")]
public sealed record RuleVersion
{
    /// <summary>Grows by one with each version, from 1.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its scope.</summary>
    [Id(2)] public required string Scope { get; init; }

    /// <summary>What it says, in its JSON form.</summary>
    [Id(3)] public required string Json { get; init; }

    /// <summary>Who wrote it.</summary>
    [Id(4)] public required string By { get; init; }

    /// <summary>When (UTC).</summary>
    [Id(5)] public required DateTimeOffset At { get; init; }
}

/// <summary>A rule as it is persisted.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleView")]
public sealed record RuleView
{
    /// <summary>Versions that are kept, the published ones among them.</summary>
    public const int MaximumVersions = 20;

    /// <summary>The rule's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its versions, newest first; at least one.</summary>
    [Id(1)] public required ImmutableArray<RuleVersion> Versions { get; init; }

    /// <summary>The version that devices follow; null when none is published.</summary>
    [Id(2)] public long? Published { get; init; }

    /// <summary>The version that was published before; null for none.</summary>
    [Id(3)] public long? Former { get; init; }

    /// <summary>The newest version as text.</summary>
    [Id(4)] public required string Text { get; init; }

    /// <summary>The kinds of device to which the newest version may apply.</summary>
    [Id(5)] public required DeviceKinds Kinds { get; init; }
}

/// <summary>Answer to a change of a rule.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleAnswer")]
public sealed record RuleAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<RuleProblem> Problems { get; init; } = [];

    /// <summary>The rule as it is now; null when there is none.</summary>
    [Id(1)] public RuleView? View { get; init; }

    /// <summary>True when the call made the rule.</summary>
    [Id(2)] public bool IsNew { get; init; }

    /// <summary>What speaks against it, which hinders nothing; empty when nothing does.</summary>
    [Id(3)] public ImmutableArray<RuleWarning> Warnings { get; init; } = [];
}

/// <summary>What is to be tried.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTrialRequest")]
public sealed record RuleTrialRequest
{
    /// <summary>Days that one trial may cover.</summary>
    public const int MaximumDays = 31;

    /// <summary>The rule.</summary>
    [Id(0)] public required RuleDraft Rule { get; init; }

    /// <summary>From when on.</summary>
    [Id(1)] public required DateTimeOffset From { get; init; }

    /// <summary>Until when, exclusive.</summary>
    [Id(2)] public required DateTimeOffset To { get; init; }

    /// <summary>On whom; the rule's own scope when null.</summary>
    [Id(3)] public string? Scope { get; init; }
}

/// <summary>What a rule would have done.</summary>
[GenerateSerializer, Immutable, Alias("grid.RuleTrialAnswer")]
public sealed record RuleTrialAnswer
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    [Id(0)] public ImmutableArray<RuleProblem> Problems { get; init; } = [];

    /// <summary>Events that are told.</summary>
    public const int MostEvents = 2_000;

    /// <summary>The first of what it would have done, by time and device.</summary>
    [Id(1)] public ImmutableArray<RuleTrialEvent> Events { get; init; } = [];

    /// <summary>Devices that were tried.</summary>
    [Id(2)] public int Devices { get; init; }

    /// <summary>Readings that they were tried on.</summary>
    [Id(3)] public long Readings { get; init; }

    /// <summary>Why it is not whole; null when it is.</summary>
    [Id(4)] public BilingualText? Cut { get; init; }

    /// <summary>False while it goes on: what is told is what was found so far.</summary>
    [Id(5)] public bool IsDone { get; init; } = true;

    /// <summary>Communes of the scope that are done.</summary>
    [Id(6)] public int Communes { get; init; }

    /// <summary>Communes of the scope.</summary>
    [Id(7)] public int OfCommunes { get; init; }

    /// <summary>How much it would have done of each, told or not.</summary>
    [Id(8)] public ImmutableArray<RuleTrialCount> Counts { get; init; } = [];

    /// <summary>Devices of these communes that left them between the two instants: what they did before is not in it.</summary>
    [Id(9)] public int Left { get; init; }

    /// <summary>Why it may differ from what the rule did live; empty when it does not. Whole it is only when <see cref="Cut"/> is null.</summary>
    [Id(10)] public ImmutableArray<BilingualText> Inexact { get; init; } = [];
}

/// <summary>How often a rule would have done something.</summary>
/// <param name="What">As in <see cref="RuleTrialEvent"/>.</param>
/// <param name="Count">How often.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleTrialCount")]
public readonly record struct RuleTrialCount([property: Id(0)] string What, [property: Id(1)] long Count);

/// <summary>Something that a rule would have done.</summary>
/// <param name="At">When.</param>
/// <param name="Device">On which device.</param>
/// <param name="What">Such as <c>raise</c>, <c>clear</c>, <c>command</c>, <c>workOrder</c>, <c>notify</c>, <c>setFlag</c>, <c>endFlag</c>.</param>
/// <param name="Detail">For people: the message, or the command with its arguments.</param>
[GenerateSerializer, Immutable, Alias("grid.RuleTrialEvent")]
public sealed record RuleTrialEvent(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] string Device,
    [property: Id(2)] string What,
    [property: Id(3)] string Detail);

/// <summary>A rule that ships with the grid, to be copied and published.</summary>
/// <param name="Id">Its id, such as <c>bin-nearly-full</c>.</param>
/// <param name="Name">Its name in English.</param>
/// <param name="NameFrench">Its name in French.</param>
/// <param name="Text">Its text in English.</param>
/// <param name="TextFrench">Its text with messages in French.</param>
/// <param name="Why">What it is for, in English.</param>
/// <param name="WhyFrench">What it is for, in French.</param>
[GenerateSerializer, Immutable, Alias("grid.StarterRule")]
public sealed record StarterRule(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string NameFrench,
    [property: Id(3)] string Text,
    [property: Id(4)] string TextFrench,
    [property: Id(5)] string Why,
    [property: Id(6)] string WhyFrench);
