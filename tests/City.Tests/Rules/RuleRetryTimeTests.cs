using Grid.Contracts.Alarms;
using Grid.Contracts.Interventions;
using Grid.Contracts.Rules;
using Grid.Contracts.Storage;
using Grid.Grains.Rules;
using Grid.Tests.City.Notifications;
using static Grid.Tests.City.Rules.RuleCity;

namespace Grid.Tests.City.Rules;

/// <summary>What was done and not noted as done is asked for again: it is the same, whatever has happened in between.</summary>
public sealed class RuleRetryTimeTests
{
    private const string Text = "when fillPercent > 60 then raise alarm \"Plein\" and open work order \"Vider\" and notify anne \"plein\"";

    [Fact]
    public async Task One_decision_is_one_work_order_and_one_message_when_its_alarm_ends_before_it_is_noted()
    {
        var tap = new StorageTap();
        await using var city = await TestCity.StartAsync(tap.Register);
        await NotifyingCity.Over(city).AddMailAsync("anne");
        await city.PutAsync(Bin("B1"));
        await PublishAsync(city, "full", "all", Text);
        var orders = city.Grains.GetGrain<IWorkOrdersGrain>(Ouessant);
        await city.ReportAsync(Fill(city, "B1", 61));
        await OpenAsync(city);
        var first = Assert.Single(await orders.List(new WorkOrderQuery()));
        await AlarmIsAsync(city, true);
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Fill(city, "B1", 10));
        await AlarmIsAsync(city, false);

        // The second decision comes to the order of the first, and that it did is not noted.
        var failures = 0;
        tap.Before = state => state is StoredRuleActions { Open: [] } && failures++ < 1 ? Task.FromException(new IOException("planted")) : Task.CompletedTask;
        await city.PassAsync(TimeSpan.FromMinutes(5));
        await city.ReportAsync(Fill(city, "B1", 62));
        await city.UntilAsync(() => Task.FromResult(failures > 0), () => "the failure");

        await city.ReportAsync(Fill(city, "B1", 10));
        await AlarmIsAsync(city, false);
        Assert.Null((await orders.Act(first.Id, new WorkOrderAction { Verb = WorkOrderVerb.Cancel, By = "ana", Note = "done" })).Conflict);
        await city.PassAsync(TimeSpan.FromMinutes(10));
        await OpenAsync(city);

        Assert.Equal(WorkOrderState.Cancelled, Assert.Single(await orders.List(new WorkOrderQuery { States = [] })).State);
        Assert.Equal(2, (await city.Get<INotificationOutbox>().ListAsync(new NotificationQuery(), CancellationToken.None)).Count(row => row.Notification.Endpoint == "anne"));
    }

    private static Task AlarmIsAsync(TestCity city, bool isActive) =>
        city.UntilAsync(async () => (await AlarmAsync(city, AlarmIds.Of("B1", "rule.full")))?.IsActive == isActive, () => $"an alarm that is {(isActive ? "" : "not ")}active");
}
