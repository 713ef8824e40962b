using System.Collections.Immutable;
using System.Globalization;
using Grid.Client.Audit;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Devices;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Client.Bodies;

/// <summary>Bodies (EPCI, syndicates, departments) and their members.</summary>
internal static class BodyEndpoints
{
    private const int MaximumMembers = 40_000;
    private const int MembersBodyBytes = 4 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var bodies = api.MapGroup("/bodies").WithTags("Bodies");
        bodies.MapGet("/", ListAsync)
            .WithName("listBodies")
            .WithSummary("List bodies by SIREN code, without their members.")
            .Produces<BodyPage>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .RequireRight(Right.Read);
        bodies.MapGet("/{siren}", GetAsync)
            .WithName("getBody")
            .WithSummary("Show a body and its members.")
            .Produces<BodyModel>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .RequireRight(Right.Read);
        bodies.MapPut("/{siren}", PutAsync)
            .WithName("putBody")
            .WithSummary("Create or replace a body. Members that are left out stay as they are.")
            .Accepts<BodyInput>("application/json")
            .Produces<BodyModel>()
            .Produces<BodyModel>(StatusCodes.Status201Created)
            .ProducesValidationProblem()
            .WithMetadata(new Limits.BodyLimit(MembersBodyBytes))
            .Audited("body.put")
            .RequireRight(Right.Administer)
            .Reaches(Reach.Whole);
        bodies.MapPut("/{siren}/members", PutMembersAsync)
            .WithName("putBodyMembers")
            .WithSummary("Replace the members of a body: an array of {commune, kinds?, from?, to?}.")
            .Accepts<List<MemberInput>>("application/json")
            .Produces<BodyModel>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .WithMetadata(new Limits.BodyLimit(MembersBodyBytes))
            .Audited("body.members")
            .RequireRight(Right.Administer)
            .Reaches(Reach.Whole);
    }

    private static async Task<IResult> ListAsync(HttpContext http, IBodyRegistry bodies)
    {
        const string List = "bodies";
        var query = new QueryReader(http.Request.Query);
        var after = query.After(List);
        var limit = query.Limit();
        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var all = await bodies.ListAsync(http.RequestAborted);
        Body[] page =
        [
            .. all.Where(body => after is null || string.CompareOrdinal(body.Siren, after) > 0)
                .OrderBy(body => body.Siren, StringComparer.Ordinal).Take(limit + 1),
        ];
        return TypedResults.Json(
            new BodyPage(
                [.. page.Take(limit).Select(body => new BodyModel(body.Siren, body.Name, body.Kind, null))],
                page.Length > limit ? PageCursor.Encode(List, page[limit - 1].Siren) : null),
            GridJson.Default.BodyPage);
    }

    private static async Task<IResult> GetAsync(string siren, HttpContext http, IBodyRegistry bodies) =>
        await bodies.GetAsync(siren, http.RequestAborted) is { } body
            ? TypedResults.Json(await ShowAsync(body, bodies, http.RequestAborted), GridJson.Default.BodyModel)
            : Problems.NotFound("such body");

    private static async Task<IResult> PutAsync(string siren, HttpContext http, IBodyRegistry bodies, ITerritoryTable table, BodyChanges changes)
    {
        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.BodyInput);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        if (siren.Length != 9 || !siren.All(char.IsAsciiDigit))
        {
            errors.Add(new("siren", "is not 9 digits"));
        }

        if (string.IsNullOrWhiteSpace(input.Name) || input.Name.Length > 200)
        {
            errors.Add(new("name", "is not 1 to 200 characters"));
        }

        if (input.Kind is null)
        {
            errors.Add(new("kind", $"is missing; one of {Words<BodyKind>.All}"));
        }

        var members = input.Members is null ? default : Bind(siren, input.Members, table, "members", errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var body = new Body(siren, input.Name!, input.Kind!.Value);
        var isNew = await changes.PutAsync(body, input.Members is null ? null : members);
        http.Audit($"body:{siren}", string.Create(CultureInfo.InvariantCulture, $"{Words<BodyKind>.Of(body.Kind)} {body.Name}, {(input.Members is null ? "members as before" : $"{members.Length} memberships")}"));
        if (isNew)
        {
            http.Response.Headers.Location = $"/api/v1/bodies/{siren}";
        }

        return TypedResults.Json(
            await ShowAsync(body, bodies, http.RequestAborted), GridJson.Default.BodyModel, statusCode: isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static async Task<IResult> PutMembersAsync(string siren, HttpContext http, IBodyRegistry bodies, ITerritoryTable table, BodyChanges changes)
    {
        if (await bodies.GetAsync(siren, http.RequestAborted) is not { } body)
        {
            return Problems.NotFound("such body");
        }

        var (input, fault) = await JsonBody.ReadAsync(http.Request, GridJson.Default.ListMemberInput);
        if (input is null)
        {
            return fault!;
        }

        var errors = new List<FieldError>();
        var members = Bind(siren, input, table, "", errors);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        await changes.PutMembersAsync(siren, members);
        http.Audit($"body:{siren}", string.Create(CultureInfo.InvariantCulture, $"{members.Length} memberships"));
        return TypedResults.Json(await ShowAsync(body, bodies, http.RequestAborted), GridJson.Default.BodyModel);
    }

    private static ImmutableArray<Membership> Bind(string siren, List<MemberInput> input, ITerritoryTable table, string field, List<FieldError> errors)
    {
        if (input.Count > MaximumMembers)
        {
            errors.Add(new(field.Length == 0 ? "body" : field, string.Create(CultureInfo.InvariantCulture, $"has more than {MaximumMembers} memberships")));
            return [];
        }

        var members = ImmutableArray.CreateBuilder<Membership>(input.Count);
        for (var i = 0; i < input.Count; i++)
        {
            var member = input[i];
            var place = string.Create(CultureInfo.InvariantCulture, $"{field}[{i}]");
            if (member?.Commune is null || table.FindCommune(member.Commune) is null)
            {
                errors.Add(new($"{place}.commune", "is no commune that is known"));
                continue;
            }

            if (member.From > member.To)
            {
                errors.Add(new($"{place}.to", "is before from"));
            }

            var kinds = member.Kinds is null ? DeviceKinds.All : member.Kinds.Aggregate(DeviceKinds.None, (set, kind) => set | (DeviceKinds)(1 << (int)kind));
            if (kinds == DeviceKinds.None)
            {
                errors.Add(new($"{place}.kinds", "is empty"));
            }

            members.Add(new(member.Commune, siren, kinds, member.From, member.To));
        }

        return members.ToImmutable();
    }

    private static async Task<BodyModel> ShowAsync(Body body, IBodyRegistry bodies, CancellationToken cancellationToken) => new(
        body.Siren,
        body.Name,
        body.Kind,
        [
            .. (await bodies.GetMembersAsync(body.Siren, cancellationToken)).Select(member => new MemberModel(
                member.Commune,
                [.. Enum.GetValues<DeviceKind>().Where(kind => member.Kinds.HasFlag((DeviceKinds)(1 << (int)kind)))],
                member.From,
                member.To)),
        ]);
}
