using System.Globalization;
using Grid.Client.Errors;
using Grid.Client.History;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Client.Rights;
using Grid.Contracts.Rights;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Grid.Client.Energy;

/// <summary>Energy of public lighting by day and month, of communes, bodies and departments.</summary>
internal static class EnergyEndpoints
{
    private const string Figure = "lighting.energyTodayWattHours";
    private const string SavedFigure = "lighting.savedTodayWattHours";
    private const int DaysOfAMonth = 31;
    private const int QuartersOfAMonth = DaysOfAMonth * 25 * 4;

    public static void Map(IEndpointRouteBuilder api)
    {
        var energy = api.MapGroup("").WithTags("Energy");
        MapEnergy(energy, "/communes/{insee}/energy", "getCommuneEnergy", "commune", CommuneAsync);
        MapEnergy(energy, "/syndicates/{siren}/energy", "getSyndicateEnergy", "body", BodyAsync);
        MapEnergy(energy, "/departments/{code}/energy", "getDepartmentEnergy", "department", DepartmentAsync);
    }

    private static void MapEnergy(IEndpointRouteBuilder energy, string route, string name, string what, Delegate handler) => energy.MapGet(route, handler)
        .WithName(name)
        .WithSummary($"Energy of the public lighting of a {what} in a month, by local day: kWh, euros by tariff, kg CO2e by factor.")
        .Produces<EnergyModel>()
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .RequireRight(Right.Read);

    private static Task<IResult> CommuneAsync(
        string insee, HttpContext http, ITerritoryTable table, IHistory history, IHistorySubjects subjects, HistoryReader reader, IOptions<EnergyOptions> options) =>
        ShowAsync(http, table.FindCommune(insee) is null ? null : $"commune:{insee}", "such commune", history, subjects, reader, options.Value);

    private static async Task<IResult> BodyAsync(
        string siren, HttpContext http, IBodyRegistry bodies, IHistory history, IHistorySubjects subjects, HistoryReader reader, IOptions<EnergyOptions> options) =>
        await ShowAsync(
            http, await bodies.GetAsync(siren, http.RequestAborted) is null ? null : $"syndicate:{siren}", "such body", history, subjects, reader, options.Value);

    private static Task<IResult> DepartmentAsync(
        string code, HttpContext http, ITerritoryTable table, IHistory history, IHistorySubjects subjects, HistoryReader reader, IOptions<EnergyOptions> options) =>
        ShowAsync(http, table.FindDepartment(code) is null ? null : $"department:{code}", "such department", history, subjects, reader, options.Value);

    private static async Task<IResult> ShowAsync(
        HttpContext http, string? scope, string what, IHistory history, IHistorySubjects subjects, HistoryReader reader, EnergyOptions options)
    {
        if (scope is null)
        {
            return Problems.NotFound(what);
        }

        var query = new QueryReader(http.Request.Query);
        if (!DateOnly.TryParseExact($"{query.Text("month")}-15", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var middle)
            || middle.Year is < 1970 or > 2199)
        {
            query.Reject("month", "is no month from 1970-01 to 2199-12, such as 2026-11");
        }

        if (query.Fault() is { } fault)
        {
            return fault;
        }

        var series = FigureCatalog.SeriesOf(scope);
        var zone = reader.ZoneOf(series);
        var noon = new DateTimeOffset(middle.ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);
        var (from, to) = HistoryStep.Parse("P1M")!.ClockFrom(noon, zone, subjects).Of(noon);
        var page = await history.ReadBucketsAsync(
            new HistoryQuery { Series = series, Metric = Figure, From = from, To = to, Limit = QuartersOfAMonth }, HistoryResolution.QuarterHour, http.RequestAborted);
        var saved = await history.ReadBucketsAsync(
            new HistoryQuery { Series = series, Metric = SavedFigure, From = from, To = to, Limit = DaysOfAMonth }, HistoryResolution.Day, http.RequestAborted);

        // It grows and falls, so the newest value of a day is that of the day.
        var savings = saved.Buckets.ToDictionary(bucket => subjects.DayOf(zone, bucket.Start).Date, bucket => Math.Round((decimal)bucket.Last.Value, 3) / 1_000);
        var clock = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var days = EnergyAccount.ByDay(page.Buckets, instant => TimeZoneInfo.ConvertTime(instant, clock).DateTime, options);
        return TypedResults.Json(Present(scope, middle, zone, days, savings, options), GridJson.Default.EnergyModel);
    }

    private static EnergyModel Present(string scope, DateOnly month, string zone, List<DayOfEnergy> days, Dictionary<DateOnly, decimal> savings, EnergyOptions options)
    {
        // Days are rounded first, so that the month is their sum to the last digit shown.
        EnergyDayModel[] shown =
        [
            .. days.Select(day => new EnergyDayModel(
                day.Date,
                day.KilowattHours,
                savings.GetValueOrDefault(day.Date),
                day.Euros is { } euros ? Math.Round(euros, 4, MidpointRounding.AwayFromZero) : null,
                options.Co2eKilogramsPerKilowattHour is { } factor ? Math.Round(day.KilowattHours * factor, 3, MidpointRounding.AwayFromZero) : null)),
        ];
        return new EnergyModel
        {
            Scope = scope,
            Month = month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
            Zone = zone,
            EnergyKilowattHours = shown.Sum(day => day.EnergyKilowattHours),
            SavedKilowattHours = shown.Sum(day => day.SavedKilowattHours),
            Euros = options.EurosPerKilowattHour is null ? null : shown.Sum(day => day.Euros ?? 0),
            Co2eKilograms = options.Co2eKilogramsPerKilowattHour is null ? null : shown.Sum(day => day.Co2eKilograms ?? 0),
            Co2eSource = options.Co2eSource,
            Days = shown,
        };
    }
}
