using System.Text.Json;
using Grid.Contracts.Devices;

namespace Grid.Client.Rules;

/// <summary>A rule as it is sent: <c>{name, scope, text}</c>, or with its JSON form as <c>rule</c> in place of the text.</summary>
/// <param name="Name">For people, 1 to 200 characters.</param>
/// <param name="Scope">For whom: <c>device:ID</c>, <c>commune:29019</c>, <c>syndicate:SIREN</c> (any body), <c>department:29</c> or <c>all</c>.</param>
/// <param name="Text">What it says, as text.</param>
/// <param name="Rule">What it says, in its JSON form.</param>
public sealed record RuleInput(string? Name, string? Scope, string? Text, JsonElement? Rule);

/// <summary>A trial of a rule.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="From">From when on.</param>
/// <param name="To">Until when, exclusive; at most 31 days later.</param>
/// <param name="Scope">On whom; the rule's own scope when it is left out.</param>
/// <param name="Id">The rule of which it would be the next version: its loops are looked for in its place. Left out for a new one.</param>
/// <param name="Stop">Ends such a trial if one goes on; the answer has nothing.</param>
public sealed record RuleTestInput(RuleInput? Rule, DateTimeOffset? From, DateTimeOffset? To, string? Scope, string? Id = null, bool Stop = false);

/// <summary>A rule as GET shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Name of its newest version.</param>
/// <param name="Scope">Scope of its newest version.</param>
/// <param name="Kinds">The kinds of device to which the newest version may apply.</param>
/// <param name="Version">Its newest version, which is the draft until it is published.</param>
/// <param name="Published">The version that devices follow; null for none.</param>
/// <param name="Former">The version that was published before, to which a rollback goes; null for none.</param>
/// <param name="Text">What the newest version says, as text.</param>
/// <param name="Rule">The same in its JSON form.</param>
/// <param name="Versions">The versions that are kept, newest first.</param>
/// <param name="Warnings">What speaks against the newest version beside the rules that are published; after publishing and going back, against the one that is. It hinders nothing.</param>
public sealed record RuleModel(
    string Id,
    string Name,
    string Scope,
    IReadOnlyList<DeviceKind> Kinds,
    long Version,
    long? Published,
    long? Former,
    string Text,
    JsonElement Rule,
    IReadOnlyList<RuleVersionModel> Versions,
    IReadOnlyList<RuleWarningModel> Warnings);

/// <summary>What speaks against a rule: a loop that it is part of.</summary>
/// <param name="Rules">The rules of the loop by their ids, the rule itself first.</param>
/// <param name="Message">For people: the loop by the names of its rules and what links them.</param>
public sealed record RuleWarningModel(IReadOnlyList<string> Rules, string Message);

/// <summary>A version of a rule.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scope">Its scope.</param>
/// <param name="By">Who wrote it.</param>
/// <param name="At">When.</param>
/// <param name="Rule">What it says, in its JSON form.</param>
public sealed record RuleVersionModel(long Version, string Name, string Scope, string By, DateTimeOffset At, JsonElement Rule);

/// <summary>How far a published rule has come.</summary>
/// <param name="Rule">Its id.</param>
/// <param name="Version">The published version; null for none.</param>
/// <param name="Sectors">Sectors of its scope in which it holds by competence today.</param>
/// <param name="Following">Those of them that follow that version.</param>
/// <param name="IsComplete">True when all of them do.</param>
/// <param name="Behind">The first 20 of those that do not.</param>
public sealed record RuleRolloutModel(string Rule, long? Version, int Sectors, int Following, bool IsComplete, IReadOnlyList<string> Behind);

/// <summary>What a rule decided and was not done.</summary>
/// <param name="Rule">Its id.</param>
/// <param name="Items">Newest first.</param>
/// <param name="Elsewhere">How many more there are of devices that are gone, or lie where the caller has no rights.</param>
public sealed record RuleRefusalsModel(string Rule, IReadOnlyList<RuleRefusalModel> Items, int Elsewhere);

/// <summary>An action that was not done.</summary>
/// <param name="Device">On which device the rule held.</param>
/// <param name="What"><c>command</c>, <c>workOrder</c>, <c>notify</c>, <c>setFlag</c> or <c>endFlag</c>.</param>
/// <param name="At">When it was refused.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record RuleRefusalModel(string Device, string What, DateTimeOffset At, string Reason);

/// <summary>A rule in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Name of its newest version.</param>
/// <param name="Scope">Scope of its newest version.</param>
/// <param name="Version">Its newest version.</param>
/// <param name="Published">The version that devices follow; null for none.</param>
public sealed record RuleListItem(string Id, string Name, string Scope, long Version, long? Published);

/// <summary>Rules, and where the next ones begin.</summary>
/// <param name="Items">By id.</param>
/// <param name="NextCursor">Null at the end.</param>
public sealed record RulePage(IReadOnlyList<RuleListItem> Items, string? NextCursor);

/// <summary>What a rule would have done.</summary>
/// <param name="Events">The first 2,000, by time.</param>
/// <param name="Counts">How many events of each there are, told or not.</param>
/// <param name="Devices">Devices that it was tried on.</param>
/// <param name="Readings">Readings that it was tried on.</param>
/// <param name="Communes">Communes of the scope that are done.</param>
/// <param name="OfCommunes">Communes of the scope.</param>
/// <param name="Left">Devices of these communes that left them or were removed between the two instants: what the rule would have done on them before is not in it.</param>
/// <param name="Done">False while it goes on: send the same again, and it is waited for.</param>
/// <param name="Cut">Why it is not whole, in the language of the request; null when it is.</param>
/// <param name="Exact">True when it is whole, and gives what the rule gave in these days where it was live.</param>
/// <param name="Inexact">Why it may differ from that, in the language of the request.</param>
/// <param name="Warnings">What speaks against it beside the rules that are published.</param>
public sealed record RuleTestModel(
    IReadOnlyList<RuleTestEvent> Events,
    IReadOnlyDictionary<string, long> Counts,
    int Devices,
    long Readings,
    int Communes,
    int OfCommunes,
    int Left,
    bool Done,
    string? Cut,
    bool Exact,
    IReadOnlyList<string> Inexact,
    IReadOnlyList<RuleWarningModel> Warnings);

/// <summary>Something that a rule would have done.</summary>
/// <param name="At">When.</param>
/// <param name="Device">On which device.</param>
/// <param name="What">One of <c>raise clear command workOrder notify setFlag endFlag</c>.</param>
/// <param name="Detail">The message, or the command.</param>
public sealed record RuleTestEvent(DateTimeOffset At, string Device, string What, string Detail);

/// <summary>A rule that ships with the grid.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name by language, <c>en</c> and <c>fr</c>.</param>
/// <param name="Text">Its text by language of its messages.</param>
/// <param name="Why">What it is for by language.</param>
public sealed record StarterModel(string Id, IReadOnlyDictionary<string, string> Name, IReadOnlyDictionary<string, string> Text, IReadOnlyDictionary<string, string> Why);
