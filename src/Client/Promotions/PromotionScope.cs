using System.Collections.Immutable;
using Grid.Client.Errors;
using Grid.Client.Territories;
using Grid.Contracts.Devices;
using Grid.Contracts.Territories;

namespace Grid.Client.Promotions;

/// <summary>A pilot and the wider scope that all of it is in.</summary>
/// <param name="From">The pilot, as it is written.</param>
/// <param name="To">The wider scope, as it is written.</param>
/// <param name="ToBody">SIREN code of the body that the wider scope is; null for a department and for all, which give no defaults and get no plan.</param>
internal sealed record PromotionScope(string From, string To, string? ToBody)
{
    /// <summary>Null when something is wrong.</summary>
    public static async Task<PromotionScope?> ReadAsync(PromotionInput input, ITerritoryTable table, ScopeMembers members, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var pilot = input.From?.Split(':') switch
        {
            ["commune", var insee] when table.FindCommune(insee) is { } commune => [new MemberCommune(commune, DeviceKinds.All)],
            ["syndicate", var siren] => await members.OfBodyAsync(siren, cancellationToken),
            _ => null,
        };
        if (pilot is null)
        {
            errors.Add(new("from", "is no commune:INSEE or syndicate:SIREN that is known"));
        }

        var body = input.To?.Split(':') is ["syndicate", var key] ? key : null;
        Func<Commune, bool>? holds = input.To?.Split(':') switch
        {
            ["all"] => static _ => true,
            ["department", var code] when table.FindDepartment(code) is not null => commune => commune.Department == code,
            ["syndicate", _] => Holds(await members.OfBodyAsync(body!, cancellationToken)),
            _ => null,
        };
        if (holds is null)
        {
            errors.Add(new("to", "is no syndicate:SIREN or department:CODE that is known, nor all"));
        }
        else if (input.To == input.From)
        {
            errors.Add(new("to", "is the pilot itself"));
        }
        else if (pilot?.FirstOrDefault(member => !holds(member.Commune)).Commune is { } outside)
        {
            errors.Add(new("to", $"does not hold {outside.Name} ({outside.InseeCode}), which would lose what it has"));
        }

        return errors.Count > 0 ? null : new(input.From!, input.To!, body);
    }

    private static Func<Commune, bool>? Holds(ImmutableArray<MemberCommune>? members) =>
        members?.Select(member => member.Commune.InseeCode).ToHashSet(StringComparer.Ordinal) is { } codes ? commune => codes.Contains(commune.InseeCode) : null;
}
