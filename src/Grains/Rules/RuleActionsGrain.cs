using System.Collections.Immutable;
using Grid.Contracts.Alarms;
using Grid.Contracts.Rules;
using Grid.Contracts.Sectors;
using Grid.Contracts.Storage;
using Grid.Grains.Rules.Communes;
using Grid.Grains.Rules.Evaluation;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Rules;

/// <summary>
/// Carries out what the rules of a sector ask for: see <see cref="IRuleActionsGrain"/>. Beside the sector, so that a device store or a work order that is slow holds up no
/// reading. An action that fails for want of a store or a door is tried again, and what comes after it on the same device waits for it: a flag is let go after it was set, the
/// newest command is the last. Other devices do not wait. One that is refused is done, and said so; so is one that fails for <see cref="GivenUpAfter"/>.
/// </summary>
public sealed partial class RuleActionsGrain(
    [PersistentState("actions")] IPersistentState<StoredRuleActions> state,
    IDeviceRegistry registry,
    IEnumerable<IRuleOutlet> outlets,
    RuleMeter meter,
    TimeProvider clock,
    ILogger<RuleActionsGrain> logger) : Grain, IRuleActionsGrain, IRemindable
{
    /// <summary>Actions that wait; beyond it new ones are dropped, and counted.</summary>
    public const int Bound = 2_000;

    /// <summary>Ids of done actions that are remembered: a replay after a crash brings at most about a minute's.</summary>
    public const int Remembered = 4_000;

    /// <summary>How long an action is tried; a command, as long as it would have been valid.</summary>
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(1);

    private const string Reminder = "actions";
    private const string Actor = "rule:";

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Expiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan Safety = TimeSpan.FromMinutes(5);

    /// <summary>Actions that one turn carries out.</summary>
    private const int AtOnce = 50;

    // By what is the same however a command came about: a replay after a crash may see another cause, and so another id.
    private HashSet<string> _known = [];
    private Task _writing = Task.CompletedTask;
    private IGrainTimer _work = null!;

    // The first action that this round has not tried: a round goes over all that are open, some at a time.
    private int _next;

    private bool IsAtRest => state.State.Open.IsEmpty && state.State.Over.IsEmpty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _known = KnownOf(state.State);
        _work = this.RegisterGrainTimer(WorkAsync, IsAtRest ? Timeout.InfiniteTimeSpan : Soon, Timeout.InfiniteTimeSpan);
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task Take(ImmutableArray<RuleTask> tasks)
    {
        // What is being written for another call is not taken before that is known to be durable.
        while (!_writing.IsCompleted)
        {
            await _writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        }

        RuleTask[] news = [.. tasks.Where(task => !_known.Contains(RuleChain.HashOf(task.Id))).DistinctBy(task => RuleChain.HashOf(task.Id))];
        var room = Math.Max(0, Bound - state.State.Open.Length);
        if (news.Length > room)
        {
            meter.Dropped(news.Length - room);
            LogDropped(logger, this.GetPrimaryKeyString(), news.Length - room);
            news = news[..room];
        }

        if (news.Length == 0)
        {
            return;
        }

        if (IsAtRest)
        {
            // Whatever becomes of this process, somebody comes back to it.
            await this.RegisterOrUpdateReminder(Reminder, Safety, Safety);
        }

        await ChangeAsync(former =>
        {
            var now = clock.GetUtcNow();
            RuleTask[] added = [.. news.Where(task => !_known.Contains(RuleChain.HashOf(task.Id))).Select(task => task with { TakenAt = now })];
            _known.UnionWith(added.Select(task => RuleChain.HashOf(task.Id)));
            var (spent, allowed, over) = RuleBudget.Spend(former.Spent, added, now);
            if (over.Length > 0)
            {
                meter.OverBudget(over.Length);
                LogOverBudget(logger, this.GetPrimaryKeyString(), over.Length, over[0].Rule);
            }

            // What is left out is done with: a replay brings it again.
            return new StoredRuleActions
            {
                Open = [.. former.Open, .. allowed],
                Done = Newest([.. former.Done, .. over.Select(task => task.Id)]),
                Spent = spent,
                Over = [.. former.Over.Where(one => over.All(task => task.Rule != one.Rule)), .. spent.Where(one => over.Any(task => task.Rule == one.Rule))],
                Refused = former.Refused,
            };
        });
        _work.Change(Soon, Timeout.InfiniteTimeSpan);
    }

    public ValueTask<int> CountOpen() => new(state.State.Open.Length);

    public ValueTask<ImmutableArray<RuleRefusal>> GetRefused() => new(state.State.Refused);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _work.Change(Soon, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var done = new List<string>();
        var refused = new List<RuleRefusal>();
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        var (open, place, tried) = (state.State.Open, 0, 0);
        for (; place < open.Length && tried < AtOnce; place++)
        {
            var task = open[place];
            if (waiting.Contains(task.Device) || (place < _next && waiting.Add(task.Device)))
            {
                continue;
            }

            tried++;
            try
            {
                if (await CarryOutAsync(task, cancellationToken) is { } reason)
                {
                    meter.Refused();
                    refused.Add(RuleRefusal.Of(task, clock.GetUtcNow(), reason));
                    LogRefused(logger, task.Id, task.Device, reason.En);
                }
                else
                {
                    meter.Done();
                }

                done.Add(task.Id);
            }
            catch (Exception exception)
            {
                LogFailed(logger, this.GetPrimaryKeyString(), task.Id, exception.Message);
                if (clock.GetUtcNow() - task.TakenAt >= GivenUpAfter)
                {
                    done.Add(task.Id);
                    refused.Add(RuleRefusal.Of(task, clock.GetUtcNow(), new("elle a échoué pendant un jour", "it failed for a day")));
                    meter.GivenUp();
                    LogGivenUp(logger, this.GetPrimaryKeyString(), task.Id, exception);
                }
                else
                {
                    waiting.Add(task.Device);
                }
            }
        }

        var isRoundOver = place == open.Length;
        _next = isRoundOver ? 0 : place - done.Count;
        if (done.Count > 0)
        {
            var gone = done.ToHashSet(StringComparer.Ordinal);
            await ChangeAsync(former =>
            {
                var next = new StoredRuleActions
                {
                    Open = [.. former.Open.Where(task => !gone.Contains(task.Id))],
                    Done = Newest([.. former.Done, .. done]),
                    Spent = former.Spent,
                    Over = former.Over,
                    Refused = [.. former.Refused.Concat(refused).TakeLast(RuleRefusal.Remembered)],
                };
                _known = KnownOf(next);
                return next;
            });
        }

        var isTold = await TellOfBudgetsAsync();
        if (!state.State.Open.IsEmpty || !isTold)
        {
            _work.Change(!isTold || (isRoundOver && waiting.Count > 0) ? Again : Soon, Timeout.InfiniteTimeSpan);
        }
        else if (IsAtRest)
        {
            await EndReminderAsync();
        }
        else
        {
            _work.Change(RuleBudget.HourOf(clock.GetUtcNow()).AddHours(1) - clock.GetUtcNow(), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>An alarm of the sector for each rule that is over its budget, until the hour is over. False when the sector could not be told.</summary>
    private async Task<bool> TellOfBudgetsAsync()
    {
        if (state.State.Over.IsEmpty)
        {
            return true;
        }

        var (sector, hour) = (this.GetPrimaryKeyString(), RuleBudget.HourOf(clock.GetUtcNow()));
        try
        {
            await GrainFactory.GetGrain<ISectorGrain>(sector).SignalAlarms(
            [
                .. state.State.Over.Select(over => new AlarmSignal
                {
                    Source = CommuneRuleTurn.SourceOf(SectorMap.CommuneOf(sector), sector),
                    Condition = $"{CompiledRule.AlarmConditionOf(over.Rule)}.budget",
                    IsActive = over.Hour == hour,
                    Text = $"Rule {over.Rule} has had {RuleBudget.ActionsPerHour} actions done in sector {sector} within an hour: what is over that is left out until the hour is over",
                    Priority = AlarmPriority.High,
                    Class = AlarmClass.System,
                }),
            ]);
        }
        catch (Exception exception)
        {
            LogFailed(logger, sector, "budget", exception.Message);
            return false;
        }

        if (state.State.Over.Any(over => over.Hour != hour))
        {
            await ChangeAsync(former => new StoredRuleActions
            {
                Open = former.Open,
                Done = former.Done,
                Spent = former.Spent,
                Over = [.. former.Over.Where(over => over.Hour == hour)],
                Refused = former.Refused,
            });
        }

        return true;
    }

    private async Task EndReminderAsync()
    {
        if (await this.GetReminder(Reminder) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        // What was taken meanwhile counts on one.
        if (!IsAtRest)
        {
            await this.RegisterOrUpdateReminder(Reminder, Safety, Safety);
        }
    }

    private static HashSet<string> KnownOf(StoredRuleActions actions) => [.. actions.Done.Concat(actions.Open.Select(task => task.Id)).Select(RuleChain.HashOf)];

    private static ImmutableArray<string> Newest(ImmutableArray<string> done) => done[^Math.Min(done.Length, Remembered)..];

    /// <summary>One write after the other: actions are taken while others are carried out.</summary>
    private Task ChangeAsync(Func<StoredRuleActions, StoredRuleActions> change) => _writing = ChangeAfterAsync(_writing, change);

    private async Task ChangeAfterAsync(Task earlier, Func<StoredRuleActions, StoredRuleActions> change)
    {
        await earlier.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Current);
        var former = state.State;
        state.State = change(former);
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = former;
            _known = KnownOf(former);
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(EventId = 1450, Level = LogLevel.Error, Message = "Sector {Sector}: {Count} actions of rules are dropped: too many wait already")]
    private static partial void LogDropped(ILogger logger, string sector, int count);

    [LoggerMessage(EventId = 1451, Level = LogLevel.Warning, Message = "Sector {Sector}: action {Action} of a rule could not be carried out and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string sector, string action, string reason);

    [LoggerMessage(EventId = 1452, Level = LogLevel.Warning, Message = "Action {Action} of a rule on device {Device} was refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string action, string device, string reason);

    [LoggerMessage(EventId = 1453, Level = LogLevel.Warning, Message = "Action {Action} of a rule in sector {Sector} has no outlet")]
    private static partial void LogUnheard(ILogger logger, string action, string sector);

    [LoggerMessage(EventId = 1458, Level = LogLevel.Warning, Message = "Sector {Sector}: {Count} actions of rules, of rule {Rule} first, are left out: they are over the budget of the hour")]
    private static partial void LogOverBudget(ILogger logger, string sector, int count, string rule);

    [LoggerMessage(EventId = 1454, Level = LogLevel.Error, Message = "Sector {Sector}: action {Action} of a rule has failed for a day and is given up")]
    private static partial void LogGivenUp(ILogger logger, string sector, string action, Exception exception);
}
