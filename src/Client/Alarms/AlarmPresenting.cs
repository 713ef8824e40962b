using System.Xml;
using Grid.Contracts.Alarms;

namespace Grid.Client.Alarms;

/// <summary>From alarms as sectors keep them to what is shown.</summary>
internal static class AlarmPresenting
{
    /// <summary>An alarm for people.</summary>
    /// <param name="alarm">As its sector tells it.</param>
    /// <param name="inFrench">In which language its texts are.</param>
    /// <param name="withHistory">True to show what happened to it.</param>
    public static AlarmModel Present(AlarmView alarm, bool inFrench = false, bool withHistory = false)
    {
        var definition = AlarmCatalog.Find(alarm.Condition);
        return new()
        {
            Id = alarm.Id,
            Source = alarm.Source,
            Condition = alarm.Condition,
            Kind = alarm.Kind,
            Commune = alarm.Commune,
            Priority = alarm.Priority,
            Class = alarm.Class,
            State = alarm.State,
            RaisedAt = alarm.RaisedAt,
            LastAt = alarm.LastAt,
            ClearedAt = alarm.ClearedAt,
            Count = alarm.Count,
            Parent = alarm.Parent,
            Children = alarm.Children,
            Message = alarm.Text ?? Text(definition?.Message, inFrench) ?? alarm.Condition,
            Consequence = Text(definition?.Consequence, inFrench),
            Action = Text(definition?.Action, inFrench),
            RespondBy = alarm.RespondBy,
            ShelvedUntil = alarm.ShelvedUntil,
            History = withHistory ? [.. alarm.History.Select(one => new AlarmEventModel(one.Action, one.By, one.At, one.Note))] : null,
        };
    }

    /// <summary>A definition in both languages.</summary>
    public static AlarmDefinitionModel Present(AlarmDefinition definition) => new(
        definition.Condition,
        definition.Priority,
        definition.Class,
        XmlConvert.ToString(definition.TimeToRespond),
        XmlConvert.ToString(definition.OnDelay),
        XmlConvert.ToString(definition.OffDelay),
        Both(definition.Message),
        Both(definition.Consequence),
        Both(definition.Action));

    private static string? Text(Wording? wording, bool inFrench) => inFrench ? wording?.French : wording?.English;

    private static WordingModel Both(Wording wording) => new(wording.English, wording.French);
}
