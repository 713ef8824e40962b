using System.Text.Json.Serialization;
using Grid.Contracts.Alarms;
using Grid.Contracts.Devices;

namespace Grid.Client.Alarms;

/// <summary>An alarm, one for each source and condition.</summary>
public sealed record AlarmModel
{
    /// <summary>Its id, <c>source~condition</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Key of the device, or of what several devices hang on.</summary>
    public required string Source { get; init; }

    /// <summary>Name of the condition.</summary>
    public required string Condition { get; init; }

    /// <summary>Trade of the source.</summary>
    public required DeviceKind Kind { get; init; }

    /// <summary>INSEE code of its commune.</summary>
    public required string Commune { get; init; }

    /// <summary>How fast somebody has to act.</summary>
    public required AlarmPriority Priority { get; init; }

    /// <summary>What it is about.</summary>
    public required AlarmClass Class { get; init; }

    /// <summary>Its state.</summary>
    public required AlarmState State { get; init; }

    /// <summary>First occurrence.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>Last occurrence.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>When the condition ended; null while it holds.</summary>
    public required DateTimeOffset? ClearedAt { get; init; }

    /// <summary>Occurrences.</summary>
    public required int Count { get; init; }

    /// <summary>Id of the alarm that explains it; null when it stands for itself.</summary>
    public required string? Parent { get; init; }

    /// <summary>Alarms that it explains now.</summary>
    public required int Children { get; init; }

    /// <summary>What it says.</summary>
    public required string Message { get; init; }

    /// <summary>What happens when nobody acts; left out for the alarm of a rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Consequence { get; init; }

    /// <summary>What to do; left out for the alarm of a rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Action { get; init; }

    /// <summary>By when the action averts the consequence; left out for the alarm of a rule.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RespondBy { get; init; }

    /// <summary>When it comes back by itself; left out unless it is shelved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ShelvedUntil { get; init; }

    /// <summary>What happened to it, oldest first; left out in lists and live frames.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AlarmEventModel>? History { get; init; }
}

/// <summary>Something that happened to an alarm.</summary>
/// <param name="Action">What.</param>
/// <param name="By">Who: a user, or <c>system</c>.</param>
/// <param name="Time">When.</param>
/// <param name="Note">In their own words, or why; null for none.</param>
public sealed record AlarmEventModel(AlarmAction Action, string By, DateTimeOffset Time, string? Note);

/// <summary>A page of alarms, the newest first.</summary>
public sealed record AlarmPage(IReadOnlyList<AlarmModel> Items, string? NextCursor);

/// <summary>A note with an acknowledgement.</summary>
/// <param name="Note">In the operator's words; may be left out.</param>
public sealed record AcknowledgeInput(string? Note);

/// <summary>Several alarms at once.</summary>
/// <param name="Ids">Their ids, 1 to 1,000.</param>
/// <param name="Note">In the operator's words; may be left out.</param>
public sealed record AcknowledgeManyInput(IReadOnlyList<string>? Ids, string? Note);

/// <summary>What became of several alarms.</summary>
/// <param name="Accepted">How many are acknowledged now.</param>
/// <param name="Rejected">The others.</param>
public sealed record AcknowledgeManyAnswer(int Accepted, IReadOnlyList<AlarmRejection> Rejected);

/// <summary>Why an order for one alarm could not be carried out.</summary>
public sealed record AlarmRejection(string Id, string Field, string Reason);

/// <summary>The same done to many alarms: to those named by one of <c>ids</c>, <c>parent</c>, <c>cabinet</c> and <c>gateway</c>.</summary>
/// <param name="Action"><c>acknowledge</c>, <c>shelve</c>, <c>unshelve</c>, <c>removeFromService</c> or <c>returnToService</c>.</param>
/// <param name="Ids">These alarms, 1 to 1,000.</param>
/// <param name="Parent">This alarm and all that it explains.</param>
/// <param name="Cabinet">Those of this cabinet and of its light points that are not normal.</param>
/// <param name="Gateway">Those of this network gateway and of the devices behind it that are not normal.</param>
/// <param name="Until">To shelve: when they come back by themselves, at most 30 days ahead.</param>
/// <param name="Note">In the operator's words; to shelve or to take out of service, the reason, which is required.</param>
public sealed record AlarmsOrderInput(string? Action, IReadOnlyList<string>? Ids, string? Parent, string? Cabinet, string? Gateway, DateTimeOffset? Until, string? Note);

/// <summary>Shelving.</summary>
/// <param name="Until">When it comes back by itself, at most 30 days ahead.</param>
/// <param name="Reason">Why; required.</param>
public sealed record ShelveInput(DateTimeOffset? Until, string? Reason);

/// <summary>Why an alarm is taken out of service or put back.</summary>
/// <param name="Reason">Why; required to take it out of service.</param>
public sealed record AlarmReasonInput(string? Reason);

/// <summary>What an alarm is, as rationalised.</summary>
public sealed record AlarmDefinitionModel(
    string Condition,
    AlarmPriority Priority,
    AlarmClass Class,
    string TimeToRespond,
    string OnDelay,
    string OffDelay,
    WordingModel Message,
    WordingModel Consequence,
    WordingModel Action);

/// <summary>What a territory gives to the definitions of alarms.</summary>
/// <param name="Scope">Whose: <c>commune:29019</c>, <c>syndicate:SIREN</c> (any body), <c>department:29</c> or <c>all</c>.</param>
/// <param name="Version">Grows by one with each change; 0 before the first. The ETag.</param>
/// <param name="ChangedAt">When they were changed last; null before the first time.</param>
/// <param name="Definitions">By kind of device, or <c>all</c>, and condition.</param>
public sealed record AlarmSettingsModel(
    string Scope, long Version, DateTimeOffset? ChangedAt, IReadOnlyDictionary<string, IReadOnlyDictionary<string, AlarmSettingModel>> Definitions);

/// <summary>What is given to the alarms of a condition; what is left out is given by somebody else.</summary>
public sealed record AlarmSettingModel
{
    /// <summary>How fast somebody has to act: <c>low</c>, <c>medium</c>, <c>high</c> or <c>urgent</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Priority { get; init; }

    /// <summary>What it is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Class { get; init; }

    /// <summary>Time in which the action still averts the consequence, PT1M to P366D.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TimeToRespond { get; init; }

    /// <summary>How long the condition must hold before the alarm is raised, PT0S to P7D.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OnDelay { get; init; }

    /// <summary>How long it must have ended before the alarm returns, PT0S to P7D.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OffDelay { get; init; }

    /// <summary>False to put such alarms aside by design.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Enabled { get; init; }
}

/// <summary>A text in both languages.</summary>
public sealed record WordingModel(string En, string Fr);

/// <summary>Every definition, the most urgent first.</summary>
public sealed record AlarmDefinitionList(IReadOnlyList<AlarmDefinitionModel> Items);
