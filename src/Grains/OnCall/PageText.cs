using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Grid.Contracts.Alarms;
using Grid.Contracts.Notifications;
using Grid.Grains.Notifications;

namespace Grid.Grains.OnCall;

/// <summary>What a page says. Pure.</summary>
public static class PageText
{
    /// <summary>The <c>type</c> of a page.</summary>
    public const string Type = "alarm.page";

    /// <summary>The notification for one endpoint.</summary>
    /// <param name="page">The page.</param>
    /// <param name="level">The level that is paged.</param>
    /// <param name="attempt">How often it was paged before.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="place">Name of the commune, its code where it is not known.</param>
    /// <param name="raisedAt">When the alarm was raised, by the clock of the calendar.</param>
    /// <param name="publicAddress">Address of the grid, null when it has none.</param>
    public static NotificationText Of(AlarmPage page, int level, int attempt, string endpoint, string place, DateTimeOffset raisedAt, string? publicAddress)
    {
        var (number, repetition, at) = (level.ToString(CultureInfo.InvariantCulture), attempt.ToString(CultureInfo.InvariantCulture), raisedAt.ToString("dd/MM/yyyy HH:mm", CultureInfo.InvariantCulture));
        var link = page.Link is { } relative && publicAddress is not null ? publicAddress + relative : null;
        var priority = WordsOf(page.Priority);
        var again = attempt == 0 ? default : new BilingualText($" (rappel {repetition})", $" (reminder {repetition})");
        var fields = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        fields["alarm"] = page.Alarm;
        fields["attempt"] = repetition;
        fields["commune"] = page.Commune;
        fields["level"] = number;
        fields["priority"] = JsonNamingPolicy.CamelCase.ConvertName(page.Priority.ToString());
        fields["raisedAt"] = page.RaisedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        fields["source"] = page.Source;
        if (link is not null)
        {
            fields["link"] = link;
        }

        return new NotificationText(
            NotificationIds.Of("page", page.Alarm, fields["raisedAt"], number, repetition, endpoint),
            Type,
            new($"{priority.Fr} : {page.Message.Fr} – {place}{again.Fr}", $"{priority.En}: {page.Message.En} – {place}{again.En}"),
            new(
                Lines(page.Message.Fr, "", $"Commune : {place}", $"Source : {page.Source}", $"Survenue : {at}", $"Niveau d'astreinte : {number}{again.Fr}", link is null ? null : $"À voir et acquitter : {link}"),
                Lines(page.Message.En, "", $"Commune: {place}", $"Source: {page.Source}", $"Raised: {at}", $"On-call level: {number}{again.En}", link is null ? null : $"See and acknowledge: {link}")),
            fields.ToImmutable());
    }

    private static BilingualText WordsOf(AlarmPriority priority) => priority switch
    {
        AlarmPriority.Urgent => new("URGENT", "URGENT"),
        AlarmPriority.High => new("Priorité haute", "High priority"),
        AlarmPriority.Medium => new("Priorité moyenne", "Medium priority"),
        AlarmPriority.Low => new("Priorité basse", "Low priority"),
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "No such priority."),
    };

    private static string Lines(params IEnumerable<string?> lines) => string.Join('\n', lines.Where(line => line is not null));
}
