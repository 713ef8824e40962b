using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Grains.Devices;

namespace Grid.Grains.Privacy;

/// <summary>
/// What a person's device must say before the registry takes it: a dwelling meter its legal basis (RGPD, article 6), and for values finer than a day, or
/// on the basis of consent, when the person agreed (article 7). Pure. See docs/privacy.md.
/// </summary>
public static class DwellingRules
{
    /// <summary>Attributes whose names begin so are marked as personal, and need a subscriber.</summary>
    public const string PersonalPrefix = "personal.";

    private static readonly string[] InstantForms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<RegistrationError> Check(DeviceDescriptor device)
    {
        if (device.Attributes.ContainsKey(PersonalData.Sealed))
        {
            yield return Error(device, PersonalData.Sealed, "is a name that Grid itself uses");
        }

        if (device.Attributes.TryGetValue(PersonalData.Dwelling, out var dwelling) && dwelling.Flag is null)
        {
            yield return Error(device, PersonalData.Dwelling, "must be true or false");
        }

        if (device.Attributes.ContainsKey(PersonalData.Subscriber) && !DescriptorRules.IsKey(device.Text(PersonalData.Subscriber)))
        {
            yield return Error(device, PersonalData.Subscriber, $"must be an opaque id, 1 to {DescriptorRules.IdLength} of A-Z a-z 0-9 . _ : -");
        }

        if (PersonalData.SubscriberOf(device) is null
            && device.Attributes.Keys.FirstOrDefault(name => name.StartsWith(PersonalPrefix, StringComparison.Ordinal)) is { } marked)
        {
            yield return Error(device, marked, $"is marked as personal: the device needs attributes.{PersonalData.Subscriber}, with whose key it is sealed");
        }

        if (!device.Flag(PersonalData.Dwelling))
        {
            yield break;
        }

        if (device.Kind != DeviceKind.Meter)
        {
            yield return Error(device, PersonalData.Dwelling, "is for meters only");
        }

        foreach (var error in CheckBasis(device))
        {
            yield return error;
        }
    }

    /// <summary>An instant as these attributes hold it: RFC 3339, or a date (then its midnight in UTC).</summary>
    public static DateTimeOffset? InstantOf(string? text) =>
        DateTimeOffset.TryParseExact(text, InstantForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? instant
            : null;

    private static IEnumerable<RegistrationError> CheckBasis(DeviceDescriptor device)
    {
        var basis = device.Text(PersonalData.LegalBasis);
        if (basis is null)
        {
            yield return Error(device, PersonalData.LegalBasis, $"is required of a dwelling meter; one of {string.Join(", ", PersonalData.LegalBases)}");
        }
        else if (!PersonalData.LegalBases.Contains(basis))
        {
            yield return Error(device, PersonalData.LegalBasis, $"must be one of {string.Join(", ", PersonalData.LegalBases)}");
        }

        if (device.Attributes.ContainsKey(PersonalData.Granularity) && device.Text(PersonalData.Granularity) is not (PersonalData.Daily or PersonalData.SubDaily))
        {
            yield return Error(device, PersonalData.Granularity, $"must be one of {PersonalData.Daily}, {PersonalData.SubDaily}");
        }

        var from = InstantOf(device.Text(PersonalData.ConsentedAt));
        var end = InstantOf(device.Text(PersonalData.ConsentEndsAt));
        if (device.Attributes.ContainsKey(PersonalData.ConsentedAt) && from is null)
        {
            yield return Error(device, PersonalData.ConsentedAt, "must be an RFC 3339 instant or a date");
        }
        else if (from is null && device.Text(PersonalData.Granularity) == PersonalData.SubDaily)
        {
            yield return Error(device, PersonalData.ConsentedAt, "is required: values finer than a day need the person's consent, with its date");
        }
        else if (from is null && basis == "consent")
        {
            yield return Error(device, PersonalData.ConsentedAt, "is required: a consent is shown by its date");
        }

        if (device.Attributes.ContainsKey(PersonalData.ConsentEndsAt) && (end is null || end < from))
        {
            yield return Error(device, PersonalData.ConsentEndsAt, "must be an RFC 3339 instant or a date, not before consentedAt");
        }
    }

    private static RegistrationError Error(DeviceDescriptor device, string attribute, string reason) => new(device.Id, $"attributes.{attribute}", reason);
}
