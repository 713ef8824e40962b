using System.Collections.Immutable;
using System.Globalization;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Storage;
using Grid.Contracts.Territories;
using Grid.Grains.Devices;
using Grid.Grains.Parameters;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Interventions;

/// <summary>The table of contracts: see <see cref="IContractsGrain"/>.</summary>
public sealed class ContractsGrain(
    [PersistentState("contracts")] IPersistentState<StoredContracts> state,
    ITerritoryTable table,
    IBodyRegistry bodies,
    LocalCalendars calendars,
    TimeProvider clock) : Grain, IContractsGrain
{
    private static readonly DateOnly Epoch = new(1970, 1, 1);

    // Only what is persisted: it is asked for while a change is under way.
    private ImmutableArray<ContractView> _contracts = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _contracts = state.State.Contracts;
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<ContractAnswer> Put(ServiceContract contract, long? version)
    {
        var known = (await bodies.ListAsync(CancellationToken.None)).Select(body => body.Siren).ToHashSet(StringComparer.Ordinal);
        var former = Find(contract.Id);
        if (ContractRules.Check(contract, commune => table.FindCommune(commune) is not null, known.Contains) is { IsEmpty: false } faults)
        {
            return new ContractAnswer { Faults = faults, Former = former, View = former };
        }

        if (version is { } expected && expected != (former?.Version ?? 0))
        {
            return new ContractAnswer { IsConflict = true, Former = former, View = former };
        }

        if (former is null && _contracts.Length >= IContractsGrain.MaximumContracts)
        {
            return new ContractAnswer { Faults = [new("id", string.Create(CultureInfo.InvariantCulture, $"would be more than {IContractsGrain.MaximumContracts} contracts"))] };
        }

        if (former is not null && ContractRules.AreSame(former.Contract, contract))
        {
            return new ContractAnswer { Former = former, View = former };
        }

        var view = new ContractView { Contract = contract, Version = (former?.Version ?? 0) + 1, ChangedAt = Now() };
        await WriteAsync([.. _contracts.Where(other => other.Contract.Id != contract.Id).Append(view).OrderBy(item => item.Contract.Id, StringComparer.Ordinal)]);
        return new ContractAnswer { Former = former, View = view };
    }

    public ValueTask<ContractView?> Get(string id) => new(Find(id));

    public ValueTask<ImmutableArray<ContractView>> List(string? after, int limit) =>
        new([.. _contracts.Where(view => after is null || string.CompareOrdinal(view.Contract.Id, after) > 0).Take(limit)]);

    public async Task<WorkTerms> Choose(string commune, DeviceKind? kind, DateTimeOffset at)
    {
        var place = table.FindCommune(commune) ?? throw new ArgumentException($"There is no commune {commune}.", nameof(commune));
        var milliseconds = at.ToUnixTimeMilliseconds();
        var own = calendars.OfCommune(commune);
        var memberships = _contracts.IsEmpty || kind is null ? [] : await bodies.GetBodiesOfAsync(commune, CancellationToken.None);
        var competent = memberships.IsEmpty
            ? []
            : ParameterResolution.Order(memberships, await bodies.ListAsync(CancellationToken.None), Epoch.AddDays(own.DayOf(milliseconds).Day));
        return ContractRules.Choose(_contracts, place, own.ZoneId, kind, competent, zone => Epoch.AddDays(calendars.OfZone(zone).DayOf(milliseconds).Day));
    }

    private ContractView? Find(string id) => _contracts.FirstOrDefault(view => view.Contract.Id == id);

    private async Task WriteAsync(ImmutableArray<ContractView> next)
    {
        state.State = new StoredContracts { Contracts = next };
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            // Whether it is stored is not known: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }

        _contracts = next;
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
