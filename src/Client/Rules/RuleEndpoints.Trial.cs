using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Grid.Client.Audit;
using Grid.Client.Devices;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Rights;
using Grid.Contracts.Notifications;
using Grid.Contracts.Rules;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Rules;

/// <summary>What a rule would have done.</summary>
internal static partial class RuleEndpoints
{
    private static async Task<IResult> TestAsync(HttpContext http, IGridGrains grains, RuleRights rights)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.RuleTestInput);
        if (input is null)
        {
            return fault!;
        }

        var anInstant = new BilingualText("doit être un instant", "must be an instant");
        var errors = new List<(string Field, BilingualText Reason)>();
        if (input.Rule is null)
        {
            errors.Add(("rule", new("doit être donné : {name, scope, text}", "must be given: {name, scope, text}")));
        }

        if (input.Id is { } of && !DeviceBinding.IsKey(of))
        {
            errors.Add(("id", new("n’est pas l’identifiant d’une règle", "is no id of a rule")));
        }

        if (input.From is null)
        {
            errors.Add(("from", anInstant));
        }

        if (input.To is null)
        {
            errors.Add(("to", anInstant));
        }

        if (errors.Count > 0)
        {
            return AnswerLanguage.Invalid(http, errors);
        }

        // A draft need not have a name to be tried.
        var draft = DraftOf(input.Rule!);
        draft = draft.Name.Length == 0 ? draft with { Name = "trial" } : draft;
        if (!await rights.MayWriteAsync(http, Trials, draft, input.Scope ?? draft.Scope))
        {
            return RouteReaches.Forbidden(http);
        }

        var request = new RuleTrialRequest
        {
            Rule = draft,
            From = input.From!.Value,
            To = input.To!.Value,
            Scope = input.Scope,
        };
        var trial = grains.RuleTrial(TrialOf(request));
        if (input.Stop)
        {
            await trial.Stop();
            http.Audit(input.Scope ?? draft.Scope, "the trial is ended");
            return TypedResults.NoContent();
        }

        var answer = await trial.Try(request);
        if (!answer.Problems.IsEmpty)
        {
            return Refused(http, answer.Problems);
        }

        // Told with the end of it.
        var named = input is { Rule.Name: null or "", Id: { } id } ? draft with { Name = id } : draft;
        ImmutableArray<RuleWarning> warnings = answer.IsDone ? await grains.RuleDirectory().FindLoops(input.Id, named) : [];

        // It changes nothing, and shows what many devices did. Asked for again while it goes on it is one trial.
        http.Audit(input.Scope ?? draft.Scope, string.Create(CultureInfo.InvariantCulture, $"tried on {answer.Devices} devices: {input.Rule!.Text ?? input.Rule.Rule?.GetRawText()}"));
        return TypedResults.Json(
            new RuleTestModel(
                [.. answer.Events.Select(one => new RuleTestEvent(one.At, one.Device, one.What, one.Detail))],
                answer.Counts.ToDictionary(count => count.What, count => count.Count, StringComparer.Ordinal),
                answer.Devices,
                answer.Readings,
                answer.Communes,
                answer.OfCommunes,
                answer.Left,
                answer.IsDone,
                answer.Cut is { } cut ? AnswerLanguage.Say(http, cut) : null,
                answer is { IsDone: true, Cut: null, Inexact.IsEmpty: true },
                [.. answer.Inexact.Select(reason => AnswerLanguage.Say(http, reason))],
                WarningsOf(http, warnings)),
            GridJson.Default.RuleTestModel);
    }

    /// <summary>The same sent again is the same trial.</summary>
    private static string TrialOf(RuleTrialRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        (string[])[request.Rule.Name, request.Rule.Scope, request.Rule.Text ?? "", request.Rule.Json ?? "", request.Scope ?? "", request.From.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), request.To.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)],
        GridJson.Default.StringArray)))[..32];
}
