namespace Grid.Tests.Storage;

/// <summary>What every outbox of notifications does that many threads use at once.</summary>
public abstract class StoredNotificationOutboxConformance : NotificationOutboxConformance
{
    [Fact]
    public async Task Senders_that_claim_at_once_never_have_the_same_endpoint()
    {
        await Task.WhenAll(Enumerable.Range(0, 90).Select(number => Add($"n{number}", $"E{number % 30}")));

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Claim(endpoints: 2, perEndpoint: 3))));

        Assert.Equal(90, claims.Sum(rows => rows.Length) + (await Claim()).Length);
        var endpoints = claims.SelectMany(rows => rows.Select(row => row.Notification.Endpoint).Distinct()).ToArray();
        Assert.Equal(endpoints.Length, endpoints.Distinct().Count());
    }
}
