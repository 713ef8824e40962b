using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Client.Alarms;
using Grid.Client.Backups;
using Grid.Client.Bodies;
using Grid.Client.Collection;
using Grid.Client.Commands;
using Grid.Client.CrossTrade;
using Grid.Client.Devices;
using Grid.Client.Energy;
using Grid.Client.Exports;
using Grid.Client.Health;
using Grid.Client.History;
using Grid.Client.Import;
using Grid.Client.Interventions;
using Grid.Client.Lighting;
using Grid.Client.Live;
using Grid.Client.Maintenance;
using Grid.Client.Notifications;
using Grid.Client.Parameters;
using Grid.Client.Promotions;
using Grid.Client.Rules;
using Grid.Client.Sensors;
using Grid.Client.Subscribers;
using Grid.Client.Territories;
using Grid.Client.WaterZones;
using Grid.Contracts.Alarms;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Lighting;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using AlarmPage = Grid.Client.Alarms.AlarmPage;

namespace Grid.Client.Json;

/// <summary>The one JSON configuration of the gateway.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters =
    [
        typeof(InstantConverter),
        typeof(WordConverter<DeviceKind>),
        typeof(WordConverter<DeviceStatus>),
        typeof(WordConverter<CommandState>),
        typeof(WordConverter<ControlLayer>),
        typeof(WordConverter<GroupState>),
        typeof(WordConverter<ControllerState>),
        typeof(WordConverter<BodyKind>),
        typeof(WordConverter<BackupState>),
        typeof(WordConverter<HistoryFunction>),
        typeof(WordConverter<HistoryResolution>),
        typeof(WordConverter<InstallationCategory>),
        typeof(WordConverter<PauseCause>),
        typeof(WordConverter<EndpointKind>),
        typeof(WordConverter<NotificationLanguage>),
        typeof(WordConverter<NotificationState>),
        typeof(WordConverter<DayOfWeek>),
        typeof(WordConverter<TurnUnit>),
        typeof(WordConverter<CollectionReason>),
        typeof(WordConverter<UnknownReason>),
        typeof(WordConverter<WearingPart>),
        typeof(WordConverter<WorkOrderState>),
        typeof(WordConverter<WorkOrderPriority>),
        typeof(WordConverter<WorkOrderOrigin>),
        typeof(WordConverter<WorkOrderVerb>),
        typeof(WordConverter<AlarmState>),
        typeof(WordConverter<AlarmPriority>),
        typeof(WordConverter<AlarmClass>),
        typeof(WordConverter<AlarmAction>),
    ])]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(DeviceModel))]
[JsonSerializable(typeof(DevicePage))]
[JsonSerializable(typeof(DeviceInput))]
[JsonSerializable(typeof(RuleRolloutModel))]
[JsonSerializable(typeof(RuleRefusalsModel))]
[JsonSerializable(typeof(PromotionInput))]
[JsonSerializable(typeof(PromotionModel))]
[JsonSerializable(typeof(ImportInput))]
[JsonSerializable(typeof(ImportAnswer))]
[JsonSerializable(typeof(SummaryModel))]
[JsonSerializable(typeof(SummaryPage))]
[JsonSerializable(typeof(BodyModel))]
[JsonSerializable(typeof(BodyPage))]
[JsonSerializable(typeof(BodyInput))]
[JsonSerializable(typeof(List<MemberInput>))]
[JsonSerializable(typeof(CommandModel))]
[JsonSerializable(typeof(CommandInput))]
[JsonSerializable(typeof(GroupCommandModel))]
[JsonSerializable(typeof(GroupCommandInput))]
[JsonSerializable(typeof(GroupMemberPageModel))]
[JsonSerializable(typeof(EnergyModel))]
[JsonSerializable(typeof(EnvironmentModel))]
[JsonSerializable(typeof(CollectionModel))]
[JsonSerializable(typeof(MaintenancePage))]
[JsonSerializable(typeof(WaterZoneModel))]
[JsonSerializable(typeof(WaterZonePage))]
[JsonSerializable(typeof(FindingList))]
[JsonSerializable(typeof(WorkOrderModel))]
[JsonSerializable(typeof(WorkOrderPage))]
[JsonSerializable(typeof(WorkOrderInput))]
[JsonSerializable(typeof(WorkOrderActionInput))]
[JsonSerializable(typeof(DelayList))]
[JsonSerializable(typeof(ContractModel))]
[JsonSerializable(typeof(ContractPage))]
[JsonSerializable(typeof(ContractInput))]
[JsonSerializable(typeof(AlarmModel))]
[JsonSerializable(typeof(AlarmPage))]
[JsonSerializable(typeof(AlarmDefinitionList))]
[JsonSerializable(typeof(AcknowledgeInput))]
[JsonSerializable(typeof(AcknowledgeManyInput))]
[JsonSerializable(typeof(AcknowledgeManyAnswer))]
[JsonSerializable(typeof(ShelveInput))]
[JsonSerializable(typeof(AlarmReasonInput))]
[JsonSerializable(typeof(RuleModel))]
[JsonSerializable(typeof(RulePage))]
[JsonSerializable(typeof(RuleInput))]
[JsonSerializable(typeof(RuleTestInput))]
[JsonSerializable(typeof(RuleTestModel))]
[JsonSerializable(typeof(StarterModel[]))]
[JsonSerializable(typeof(LightingPlanModel))]
[JsonSerializable(typeof(LightingPlanPage))]
[JsonSerializable(typeof(ControllerPage))]
[JsonSerializable(typeof(LightingPlanInput))]
[JsonSerializable(typeof(List<AssignmentModel>))]
[JsonSerializable(typeof(PreviewModel))]
[JsonSerializable(typeof(EndpointInput))]
[JsonSerializable(typeof(EndpointModel))]
[JsonSerializable(typeof(EndpointPage))]
[JsonSerializable(typeof(DeliveryModel))]
[JsonSerializable(typeof(DeliveryPage))]
[JsonSerializable(typeof(OnCallCalendarModel))]
[JsonSerializable(typeof(OnCallModel))]
[JsonSerializable(typeof(ParametersModel))]
[JsonSerializable(typeof(AlarmSettingsModel))]
[JsonSerializable(typeof(AlarmsOrderInput))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, AlarmSettingModel?>?>))]
[JsonSerializable(typeof(DeviceParametersModel))]
[JsonSerializable(typeof(Dictionary<string, Dictionary<string, JsonElement>>))]
[JsonSerializable(typeof(SubscriberModel))]
[JsonSerializable(typeof(DeviceItem))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
[JsonSerializable(typeof(ExportManifest))]
[JsonSerializable(typeof(SubscriberManifest))]
[JsonSerializable(typeof(BackupInput))]
[JsonSerializable(typeof(BackupStatus))]
[JsonSerializable(typeof(DeviceHistoryModel))]
[JsonSerializable(typeof(FigureHistoryModel))]
[JsonSerializable(typeof(RetentionModel))]
[JsonSerializable(typeof(HealthModel))]
[JsonSerializable(typeof(SystemModel))]
[JsonSerializable(typeof(WatchOptions))]
[JsonSerializable(typeof(EncodedFrame))]
public sealed partial class GridJson : JsonSerializerContext;
