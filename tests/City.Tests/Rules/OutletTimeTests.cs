using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Grains.Rules;
using Grid.Tests.City.Notifications;

namespace Grid.Tests.City.Rules;

/// <summary>What rules ask of people reaches them once, however often it is asked for.</summary>
public sealed class OutletTimeTests
{
    private const string Plougar = "29187";
    private static readonly RuleOrigin Origin = new("B1", DeviceKind.Bin, $"{Plougar}.0");

    [Fact]
    public async Task A_work_order_is_opened_once_under_the_rules_name()
    {
        await using var city = await TestCity.StartAsync();
        await city.PutAsync(Say.Device("B1", DeviceKind.Bin, Plougar));
        var order = new RuleWorkOrder { Id = "r1-1", Rule = "full", At = city.Now, Note = "Empty it" };
        await city.Get<IRuleOutlet>().OpenWorkOrderAsync(Origin, order, CancellationToken.None);
        await city.Get<IRuleOutlet>().OpenWorkOrderAsync(Origin, order, CancellationToken.None);

        var opened = Assert.Single(await city.Grains.GetGrain<IWorkOrdersGrain>(Plougar).List(new WorkOrderQuery()));
        Assert.Equal((WorkOrderOrigin.Rule, "full", "Empty it", "B1"), (opened.Request.Origin, opened.Request.By, opened.Request.Title, opened.Request.Device));
    }

    [Fact]
    public async Task A_message_is_kept_once_for_its_endpoint()
    {
        await using var city = await NotifyingCity.StartAsync();
        await city.AddMailAsync("anne");
        var message = new RuleNotification { Id = "r1-2", Rule = "full", At = city.City.Now, Endpoint = "anne", Message = "B1 is full" };
        await city.City.Get<IRuleOutlet>().NotifyAsync(Origin, message, CancellationToken.None);
        await city.City.Get<IRuleOutlet>().NotifyAsync(Origin, message, CancellationToken.None);

        var kept = Assert.Single(await city.City.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None));
        Assert.Equal(("anne", "B1 is full", "full"), (kept.Notification.Endpoint, kept.Notification.Subject, kept.Notification.Fields["rule"]));
    }

    [Fact]
    public async Task A_flag_is_up_while_a_device_holds_it_up_and_what_is_older_changes_nothing()
    {
        await using var city = await TestCity.StartAsync();
        RuleFlag Flag(bool isSet, int minute) => new() { Id = $"f{minute}{isSet}", Rule = "frost", At = city.Now.AddMinutes(minute), Name = "frost", IsSet = isSet };
        var outlet = city.Get<IRuleOutlet>();
        var flags = city.Grains.GetGrain<ICommuneFlagsGrain>(Plougar);
        await outlet.SetFlagAsync(Origin, Flag(true, 1), CancellationToken.None);
        await outlet.SetFlagAsync(Origin with { Device = "B2" }, Flag(true, 1), CancellationToken.None);
        Assert.Equal(2, (await flags.Get())["frost"]);
        await outlet.SetFlagAsync(Origin, Flag(false, 3), CancellationToken.None);
        await outlet.SetFlagAsync(Origin, Flag(true, 2), CancellationToken.None);
        Assert.Equal(1, (await flags.Get())["frost"]);
        await outlet.SetFlagAsync(Origin with { Device = "B2" }, Flag(false, 3), CancellationToken.None);
        Assert.Empty(await flags.Get());
    }
}
