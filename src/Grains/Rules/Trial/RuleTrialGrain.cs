using System.Collections.Immutable;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Grid.Grains.RollUp;
using Grid.Grains.Rules.Language;
using Grid.Grains.Rules.Starter;
using Grid.Grains.Sectors;
using Grid.Grains.Waiting;
using Orleans;

namespace Grid.Grains.Rules.Trial;

/// <summary>
/// Tries rules on history: see <see cref="IRuleTrialGrain"/>. It changes nothing. A trial goes on beside the calls that ask for it, which wait for some seconds and say how far it has
/// come; nobody asks any more, and it ends.
/// </summary>
public sealed class RuleTrialGrain(
    IDeviceRegistry registry,
    IHistory history,
    ITerritoryTable table,
    IBodyRegistry bodies,
    TerritoryParameters territory,
    TerritoryRules territoryRules,
    DeviceContext context,
    FigureOptions figures,
    SectorOptions sectors,
    TrialPlaces places,
    TimeProvider clock) : Grain, IRuleTrialGrain
{
    /// <summary>A call ends well before whoever waits for it gives up.</summary>
    private static readonly TimeSpan Waits = TimeSpan.FromSeconds(10);

    /// <summary>Nobody has asked for so long: nobody will.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Line = TimeSpan.FromSeconds(1);

    private RuleTrialRequest? _request;
    private TrialRun? _run;
    private Task<RuleTrialAnswer>? _going;
    private DateTimeOffset _askedAt;

    public async Task<RuleTrialAnswer> Try(RuleTrialRequest request)
    {
        if (RuleForms.Read(request.Rule, table, out var problems) is not { } rule)
        {
            return new RuleTrialAnswer { Problems = problems };
        }

        if (request.To <= request.From || request.To - request.From > TimeSpan.FromDays(RuleTrialRequest.MaximumDays))
        {
            return Refused("to", new(
                $"doit être après from, d’au plus {RuleTrialRequest.MaximumDays} jours", $"must be after from, by at most {RuleTrialRequest.MaximumDays} days"));
        }

        _askedAt = clock.GetUtcNow();
        if (_going is null || request != _request)
        {
            if (!places.TryAsk())
            {
                return Refused("rule", new(
                    $"{TrialPlaces.MostAsked} essais sont déjà demandés : réessayez plus tard", $"{TrialPlaces.MostAsked} trials are asked for already: try again later"));
            }

            _run?.End();
            _request = request;
            _run = new TrialRun(rule, request, registry, history, table, bodies, territory, territoryRules, context, figures, sectors, GrainFactory, clock);
            _going = GoAsync(_run);
        }

        var (run, going) = (_run!, _going);
        using var patience = new CancellationTokenSource(Waits, clock);
        try
        {
            return await going.OrUntil(patience.Token);
        }
        catch (OperationCanceledException) when (!going.IsCompleted)
        {
            return run.SoFar();
        }
        finally
        {
            if (going.IsCompleted && _going == going)
            {
                (_request, _run, _going) = (null, null, null);
            }
        }
    }

    private static RuleTrialAnswer Refused(string field, BilingualText reason) => new() { Problems = [RuleProblem.Of(field, reason)] };

    public ValueTask<ImmutableArray<StarterRule>> Starters() => new(StarterRules.All);

    /// <summary>Also of one that waits.</summary>
    public Task Stop()
    {
        _run?.End();
        return Task.CompletedTask;
    }

    private async Task<RuleTrialAnswer> GoAsync(TrialRun run)
    {
        var how = "given up";
        try
        {
            while (!places.TryTake())
            {
                if (run.IsEnded || IsForgotten())
                {
                    return run.SoFar() with { IsDone = true };
                }

                await Task.Delay(Line, clock);
            }

            try
            {
                var answer = await run.RunAsync(IsForgotten);
                how = run.IsEnded || IsForgotten() ? how : answer.Cut is null ? "whole" : "cut";
                return answer;
            }
            finally
            {
                places.Release();
            }
        }
        finally
        {
            places.Ended(how);
        }
    }

    private bool IsForgotten() => clock.GetUtcNow() - _askedAt > Forgotten;
}
