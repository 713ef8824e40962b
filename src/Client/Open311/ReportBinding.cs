using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Open311;

/// <summary>What a citizen's application has sent, as far as it is kept. Who the citizen is and how to reach them is not even read.</summary>
/// <param name="Service">What was asked for.</param>
/// <param name="Place">Where it is.</param>
/// <param name="Description">In the citizen's words.</param>
/// <param name="Address">Address of the place, as it was told.</param>
/// <param name="MediaUrl">A picture.</param>
/// <param name="Answers">Answers to the service's questions, by code.</param>
internal sealed record BoundReport(
    CitizenService Service, GeoPoint Place, string? Description, string? Address, string? MediaUrl, ImmutableSortedDictionary<string, string> Answers);

/// <summary>Reads the form of a report. Pure.</summary>
internal static class ReportBinding
{
    private const int MaximumDescription = 4_000;
    private const int MaximumLine = 200;
    private const int MaximumUrl = 2_000;

    /// <summary>The report; null when there are errors.</summary>
    public static BoundReport? Bind(CitizenService service, IFormCollection form, List<string> errors)
    {
        var place = PlaceIn(form, errors);
        var description = TextIn(form, "description", MaximumDescription, errors);
        var address = TextIn(form, "address_string", MaximumLine, errors);
        var media = TextIn(form, "media_url", MaximumUrl, errors);
        if (media is not null && !(Uri.TryCreate(media, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            errors.Add("media_url is no http or https address.");
        }

        var answers = AnswersIn(service, form, errors);
        return errors.Count == 0 ? new(service, place!.Value, description, address, media, answers) : null;
    }

    private static GeoPoint? PlaceIn(IFormCollection form, List<string> errors)
    {
        var (latText, longText) = (form["lat"].ToString(), form["long"].ToString());
        if (latText.Length == 0 || longText.Length == 0)
        {
            errors.Add("lat and long are needed: addresses are not looked up here.");
            return null;
        }

        if (double.TryParse(latText, NumberStyles.Float, CultureInfo.InvariantCulture, out var latitude)
            && double.TryParse(longText, NumberStyles.Float, CultureInfo.InvariantCulture, out var longitude)
            && Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180)
        {
            return new GeoPoint(longitude, latitude);
        }

        errors.Add("lat and long are no position in degrees (WGS 84).");
        return null;
    }

    private static ImmutableSortedDictionary<string, string> AnswersIn(CitizenService service, IFormCollection form, List<string> errors)
    {
        var answers = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var question in service.Questions.Where(question => question.IsAsked))
        {
            string[] given = [.. form[$"attribute[{question.Code}]"].Concat(form[$"attribute[{question.Code}][]"]).OfType<string>().Where(value => value.Length > 0)];
            if (given.Length == 0)
            {
                if (question.IsRequired)
                {
                    errors.Add($"attribute[{question.Code}] is needed.");
                }

                continue;
            }

            var isKnown = question.Answers.IsEmpty ? given.All(value => value.Length <= MaximumLine) : given.All(value => question.Answers.Any(answer => answer.Key == value));
            if (!isKnown || (given.Length > 1 && !question.TakesSeveral))
            {
                errors.Add(question.Answers.IsEmpty
                    ? string.Create(CultureInfo.InvariantCulture, $"attribute[{question.Code}] is no text of at most {MaximumLine} characters.")
                    : $"attribute[{question.Code}] is {(question.TakesSeveral ? "not some" : "none")} of {string.Join(' ', question.Answers.Select(answer => answer.Key))}.");
            }
            else
            {
                answers[question.Code] = string.Join(',', given.Distinct(StringComparer.Ordinal));
            }
        }

        return answers.ToImmutable();
    }

    private static string? TextIn(IFormCollection form, string name, int maximum, List<string> errors)
    {
        var text = form[name].ToString().Trim();
        if (text.Length > maximum)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name} has more than {maximum} characters."));
        }

        return text.Length == 0 ? null : text;
    }
}
