using System.Collections.Immutable;
using Grid.Connectors.Outbox;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Tests.City.Groups;

/// <summary>A city with lamps, whose outbox is sent through a <see cref="FieldSender"/>.</summary>
internal sealed class GroupCity : IAsyncDisposable
{
    public const string Quimper = "29232";

    /// <summary>Small: of one sector.</summary>
    public const string Ouessant = "29155";

    /// <summary>Smaller.</summary>
    public const string Sein = "29083";

    private readonly OutboxSender _sender;

    private GroupCity(TestCity city)
    {
        City = city;
        _sender = city.Get<OutboxSender>();
    }

    public TestCity City { get; }

    public FieldSender Field => City.Get<FieldSender>();

    public static async Task<GroupCity> StartAsync() => await OfAsync(await TestCity.StartAsync(AddSender));

    public static async Task<GroupCity> OfAsync(TestCity city)
    {
        var started = new GroupCity(city);
        await started._sender.StartAsync(CancellationToken.None);
        return started;
    }

    public static void AddSender(IServiceCollection services)
    {
        services.AddSingleton<FieldSender>();
        services.AddSingleton<IDownlinkSender>(provider => provider.GetRequiredService<FieldSender>());
        services.AddSingleton(new OutboxOptions());
        services.AddSingleton<OutboxSender>();
    }

    public static GroupRequest Dim(double percent, GroupSelector? selector = null, ControlLayer layer = ControlLayer.Override, TimeSpan? expiresIn = null) => new()
    {
        Selector = selector ?? new GroupSelector { Commune = Quimper },
        Name = CommandCatalog.SetDimming,
        Arguments = Arguments(("percent", percent)),
        ExpiresIn = expiresIn ?? TimeSpan.FromHours(1),
        Actor = "somebody",
        Layer = layer,
    };

    public static ImmutableSortedDictionary<string, double> Arguments(params (string Name, double Value)[] arguments) =>
        arguments.ToImmutableSortedDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);

    public static DeviceDescriptor[] Lamps(int count, string commune = Quimper, string? gateway = null) =>
    [
        .. Enumerable.Range(1, count).Select(number => Say.Lamp($"lamp-{commune}-{number:D3}", commune) with { Connector = new ConnectorSpec { Type = "simulator", Gateway = gateway } }),
    ];

    public IGroupCommandGrain Group(string id) => City.Grains.GetGrain<IGroupCommandGrain>(id);

    /// <summary>Submits a group command that is taken.</summary>
    public async Task<GroupView> SubmitAsync(string id, GroupRequest request)
    {
        var answer = await Group(id).Submit(request);
        Assert.Equal((SubmitStatus.Accepted, null, null), (answer.Status, answer.Field, answer.Reason));
        return answer.Group!;
    }

    /// <summary>Submits a command to one lamp.</summary>
    public Task<SubmitAnswer> SubmitAsync(string id, string lamp, double percent, ControlLayer layer = ControlLayer.Override) =>
        City.Grains.GetGrain<ICommandGrain>(id).Submit(new CommandRequest
        {
            Device = lamp,
            Kind = DeviceKind.Streetlight,
            Name = CommandCatalog.SetDimming,
            Arguments = Arguments(("percent", percent)),
            ExpiresIn = TimeSpan.FromHours(1),
            Actor = "somebody",
            Connector = "simulator",
            Layer = layer,
        });

    public async Task<CommandState> StateAsync(string command) => (await City.Grains.GetGrain<ICommandGrain>(command).Get())!.State;

    /// <summary>Lamps report a level, a little later than what they reported before.</summary>
    public async Task ReportAsync(double percent, params IEnumerable<string> lamps)
    {
        await City.TickAsync();
        await City.ReportAsync([.. lamps.Select((lamp, index) => Say.Reading(lamp, City.Now, ("dimmingPercent", percent)) with { Index = index })]);
    }

    /// <summary>Lets time pass until a group command has so many members in a state.</summary>
    public async Task<GroupView> UntilAsync(string id, CommandState state, int members)
    {
        var view = (await Group(id).Get())!;
        await City.UntilAsync(async () => (view = (await Group(id).Get())!).Counts[(int)state] == members, () => $"{members} members {state}: {string.Join(' ', view.Counts)}");
        Assert.Equal(view.Members, view.Counts.Sum());
        return view;
    }

    /// <summary>The members, page by page.</summary>
    public async Task<IReadOnlyList<GroupMember>> MembersAsync(string id, CommandState? state = null, int limit = 7)
    {
        var members = new List<GroupMember>();
        var from = default(GroupPlace);
        do
        {
            var page = (await Group(id).List(state, from, limit))!;
            Assert.True(page.Items.Length <= limit);
            members.AddRange(page.Items);
            from = page.Next;
        }
        while (from is not null);
        return members;
    }

    /// <summary>Lets time pass until nothing is left in the outbox.</summary>
    public Task UntilSentAsync() => City.UntilAsync(async () => await City.Get<IOutbox>().CountAsync(CancellationToken.None) == 0, () => "an empty outbox");

    public async ValueTask DisposeAsync()
    {
        await _sender.StopAsync(CancellationToken.None);
        await City.DisposeAsync();
    }
}
