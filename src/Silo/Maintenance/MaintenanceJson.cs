using System.Text.Json.Serialization;
using Grid.Storage.Backups;
using Grid.Storage.Checking;
using Grid.Storage.Repairing;

namespace Grid.Silo.Maintenance;

/// <summary>What the commands print with <c>--json</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(AuditReport))]
[JsonSerializable(typeof(RepairReport))]
[JsonSerializable(typeof(BackupReport))]
[JsonSerializable(typeof(RestoreReport))]
internal sealed partial class MaintenanceJson : JsonSerializerContext;
