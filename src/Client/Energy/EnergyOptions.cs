using System.Globalization;
using Microsoft.Extensions.Options;

namespace Grid.Client.Energy;

/// <summary>What energy costs and emits; section <c>Grid:Energy</c>. Nothing is assumed: without a price there are no euros, without a factor no CO2e.</summary>
public sealed class EnergyOptions
{
    /// <summary>Price where no period says another, in euros; 0 to 10. None by default.</summary>
    public decimal? EurosPerKilowattHour { get; set; }

    /// <summary>Time-of-use periods, at most 16; the first that holds counts. Needs <see cref="EurosPerKilowattHour"/>.</summary>
    public IList<TariffPeriod> Periods { get; set; } = [];

    /// <summary>Emission factor of the electricity, in kilograms of CO2 equivalent; 0 to 5. None by default.</summary>
    public decimal? Co2eKilogramsPerKilowattHour { get; set; }

    /// <summary>Where the factor comes from, shown with each figure; required with it, at most 200 characters.</summary>
    public string? Co2eSource { get; set; }

    /// <summary>The price of energy at a local time.</summary>
    public decimal? PriceAt(DateTime local)
    {
        var minutes = (local.Hour * 60) + local.Minute;
        foreach (var period in Periods)
        {
            if (period.Holds(minutes))
            {
                return period.EurosPerKilowattHour;
            }
        }

        return EurosPerKilowattHour;
    }
}

/// <summary>A price for a part of each day.</summary>
public sealed class TariffPeriod
{
    /// <summary>Local time <c>HH:mm</c> at which it begins.</summary>
    public string From { get; set; } = "";

    /// <summary>Local time <c>HH:mm</c> at which it ends, exclusive; may be on the day after.</summary>
    public string To { get; set; } = "";

    /// <summary>Price, in euros; 0 to 10.</summary>
    public decimal EurosPerKilowattHour { get; set; }

    /// <summary>True at a time of day, in minutes since midnight.</summary>
    internal bool Holds(int minutes)
    {
        var (from, to) = (MinutesOf(From) ?? 0, MinutesOf(To) ?? 0);
        return from <= to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
    }

    internal static int? MinutesOf(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute : null;
}

/// <summary>A wrong setting stops the program with its name.</summary>
internal sealed class EnergyOptionsValidation : IValidateOptions<EnergyOptions>
{
    private const int MaximumPeriods = 16;
    private const int MaximumSourceLength = 200;

    public ValidateOptionsResult Validate(string? name, EnergyOptions options)
    {
        var faults = new List<string>();
        Check(options.EurosPerKilowattHour is null or (>= 0 and <= 10), "EurosPerKilowattHour must be from 0 to 10");
        Check(options.Periods.Count == 0 || options.EurosPerKilowattHour is not null, "EurosPerKilowattHour must be given with Periods: it is the price outside them");
        Check(options.Periods.Count <= MaximumPeriods, $"Periods must be at most {MaximumPeriods}");
        for (var index = 0; index < options.Periods.Count; index++)
        {
            var period = options.Periods[index];
            Check(TariffPeriod.MinutesOf(period.From) is not null, $"Periods:{index}:From must be HH:mm");
            Check(TariffPeriod.MinutesOf(period.To) is not null, $"Periods:{index}:To must be HH:mm");
            Check(period.From != period.To, $"Periods:{index}:To must differ from From");
            Check(period.EurosPerKilowattHour is >= 0 and <= 10, $"Periods:{index}:EurosPerKilowattHour must be from 0 to 10");
        }

        Check(options.Co2eKilogramsPerKilowattHour is null or (>= 0 and <= 5), "Co2eKilogramsPerKilowattHour must be from 0 to 5");
        Check(
            options.Co2eKilogramsPerKilowattHour is null == string.IsNullOrWhiteSpace(options.Co2eSource) && !(options.Co2eSource?.Length > MaximumSourceLength),
            $"Co2eSource must say in at most {MaximumSourceLength} characters where Co2eKilogramsPerKilowattHour comes from, and be absent without it");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add($"Grid:Energy:{fault}");
            }
        }
    }
}
