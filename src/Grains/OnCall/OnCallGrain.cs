using System.Collections.Immutable;
using System.Text.Json;
using Grid.Contracts.Notifications;
using Grid.Contracts.Territories;
using Grid.Grains.Notifications;
using Microsoft.Extensions.Logging;
using NodaTime;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.OnCall;

/// <summary>Who is on call for a scope: see <see cref="IOnCallGrain"/>. What is to be done is planned by <see cref="PagePlanning"/>; this keeps it and tells.</summary>
public sealed partial class OnCallGrain(
    [PersistentState("on-call")] IPersistentState<StoredOnCall> state,
    Notifier notifier,
    NotifierOptions options,
    NotificationInstruments instruments,
    ITerritoryTable table,
    TimeProvider clock,
    ILogger<OnCallGrain> logger) : Grain, IOnCallGrain
{
    private const int MostUnanswered = 100;

    private string _scope = "";

    // Only what is persisted: it is asked for while a change is under way.
    private StoredOnCall _shown = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _scope = this.GetPrimaryKeyString();
        _shown = state.State;
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<OnCallAnswer> Put(OnCallCalendar? calendar, long? version)
    {
        if (version is { } expected && expected != _shown.Version)
        {
            return new OnCallAnswer { IsConflict = true, View = View() };
        }

        if (calendar is not null)
        {
            var known = (await Endpoints().List()).Select(endpoint => endpoint.Id).ToHashSet(StringComparer.Ordinal);
            if (OnCallChecks.Check(calendar, known.Contains) is { IsEmpty: false } faults)
            {
                return new OnCallAnswer { Faults = faults, View = View() };
            }
        }

        if (!AreSame(calendar, _shown.Calendar))
        {
            await WriteAsync(new StoredOnCall { Calendar = calendar, Version = _shown.Version + 1, ChangedAt = Now(), Unanswered = _shown.Unanswered });
        }

        return new OnCallAnswer { View = View() };
    }

    public ValueTask<OnCallView> Get() => new(View());

    public ValueTask<bool> HasCalendar() => new(_shown.Calendar is not null);

    public async Task<PageAnswer> Page(AlarmPage page)
    {
        var (calendar, now) = (_shown.Calendar, Now());
        var reachable = (await Endpoints().List()).Where(endpoint => endpoint.IsEnabled).Select(endpoint => endpoint.Id).ToHashSet(StringComparer.Ordinal);
        var plan = PagePlanning.Of(calendar, page, reachable.Contains, now);
        foreach (var endpoint in plan.Endpoints)
        {
            // One that was disabled meanwhile tells nobody; the next level comes in its time.
            await notifier.NotifyAsync(GrainFactory, endpoint, TextOf(page, plan, calendar!, endpoint));
        }

        if (plan.Outcome == PageOutcome.Unanswered)
        {
            await KeepUnansweredAsync(page, now);
        }

        instruments.Page(plan.Outcome);
        if (plan.Outcome is PageOutcome.NobodyOnCall)
        {
            LogNobody(logger, _scope, page.Alarm);
        }

        return new PageAnswer
        {
            Outcome = plan.Outcome,
            Scope = calendar is null ? null : _scope,
            Level = plan.Level,
            Names = plan.Name.Length == 0 ? [] : [plan.Name],
            NextAt = plan.NextAt,
            NextLevel = plan.NextLevel,
            NextAttempt = plan.NextAttempt,
        };
    }

    private NotificationText TextOf(AlarmPage page, PagePlan plan, OnCallCalendar calendar, string endpoint)
    {
        var attempt = page.Level == plan.Level ? page.Attempt : 0;
        var raisedAt = Instant.FromDateTimeOffset(page.RaisedAt).InZone(DateTimeZoneProviders.Tzdb[calendar.ZoneId]).ToDateTimeOffset();
        return PageText.Of(page, plan.Level, attempt, endpoint, table.FindCommune(page.Commune)?.Name ?? page.Commune, raisedAt, options.PublicAddress);
    }

    private async Task KeepUnansweredAsync(AlarmPage page, DateTimeOffset now)
    {
        if (_shown.Unanswered.Any(other => other.Alarm == page.Alarm && other.RaisedAt == page.RaisedAt))
        {
            return;
        }

        LogUnanswered(logger, _scope, page.Alarm, page.RaisedAt);
        await WriteAsync(new StoredOnCall
        {
            Calendar = _shown.Calendar,
            Version = _shown.Version,
            ChangedAt = _shown.ChangedAt,
            Unanswered = [new UnansweredPage(page.Alarm, page.RaisedAt, now), .. _shown.Unanswered.Take(MostUnanswered - 1)],
        });
    }

    private async Task WriteAsync(StoredOnCall next)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
            _shown = next;
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }

    private OnCallView View()
    {
        var now = Now();
        return new OnCallView
        {
            Scope = _scope,
            Version = _shown.Version,
            ChangedAt = _shown.Version > 0 ? _shown.ChangedAt : null,
            Calendar = _shown.Calendar,
            Now = _shown.Calendar is { } calendar ? [.. Enumerable.Range(1, calendar.Levels.Length).Select(level => OnCallRules.WhoAt(calendar, level, now))] : [],
            Unanswered = _shown.Unanswered,
        };
    }

    private INotificationEndpointsGrain Endpoints() => GrainFactory.GetGrain<INotificationEndpointsGrain>(INotificationEndpointsGrain.Key);

    private static bool AreSame(OnCallCalendar? left, OnCallCalendar? right) => JsonSerializer.Serialize(left) == JsonSerializer.Serialize(right);

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    [LoggerMessage(EventId = 1400, Level = LogLevel.Warning, Message = "Nobody is on call for {Scope}: alarm {Alarm} waits until somebody is")]
    private static partial void LogNobody(ILogger logger, string scope, string alarm);

    [LoggerMessage(EventId = 1401, Level = LogLevel.Error, Message = "Nobody on call for {Scope} has answered alarm {Alarm}, raised {RaisedAt}; nobody is told any more")]
    private static partial void LogUnanswered(ILogger logger, string scope, string alarm, DateTimeOffset raisedAt);
}
