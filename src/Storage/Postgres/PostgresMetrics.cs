using System.Diagnostics.Metrics;

namespace Grid.Storage.Postgres;

/// <summary>The part of the meter <c>Grid.Storage</c> that tells of PostgreSQL.</summary>
internal sealed class PostgresMetrics
{
    private readonly Lock _gate = new();
    private readonly List<(string Store, string Use, Func<int> Count)> _queues = [];
    private readonly Histogram<double> _commitTime;
    private readonly Counter<long> _commits;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _doubtful;
    private readonly Counter<long> _trimmed;

    public PostgresMetrics(Meter meter)
    {
        _commitTime = meter.CreateHistogram<double>("grid.postgres.commit.duration", "s", "Time to do and commit what shared a commit, by store.");
        _commits = meter.CreateCounter<long>("grid.postgres.commits", "{commit}", "Commits, by store.");
        _requests = meter.CreateCounter<long>("grid.postgres.requests", "{request}", "Requests that were committed, by store.");
        _refused = meter.CreateCounter<long>("grid.postgres.refused", "{request}", "Requests refused because too many waited, by store and use.");
        _retries = meter.CreateCounter<long>("grid.postgres.retries", "{retry}", "Times that something was tried again, by store.");
        _doubtful = meter.CreateCounter<long>("grid.postgres.commits.doubtful", "{commit}", "Commits whose answer was lost, by store and outcome: committed, lost, unknown.");
        _trimmed = meter.CreateCounter<long>("grid.postgres.log.trimmed", "{batch}", "Batches of the reading log deleted after checkpoints.");
        meter.CreateObservableGauge("grid.postgres.queue", Queues, "{request}", "Requests that wait, by store and use.");
    }

    public void Watch(string store, string use, Func<int> count)
    {
        lock (_gate)
        {
            _queues.Add((store, use, count));
        }
    }

    public void Unwatch(Func<int> count)
    {
        lock (_gate)
        {
            _queues.RemoveAll(queue => queue.Count == count);
        }
    }

    public void Committed(string store, TimeSpan took, int requests)
    {
        _commitTime.Record(took.TotalSeconds, Tag("store", store));
        _commits.Add(1, Tag("store", store));
        _requests.Add(requests, Tag("store", store));
    }

    public void Refused(string store, string use) => _refused.Add(1, Tag("store", store), Tag("use", use));

    public void Retried(string store) => _retries.Add(1, Tag("store", store));

    public void Doubtful(string store, string outcome) => _doubtful.Add(1, Tag("store", store), Tag("outcome", outcome));

    public void Trimmed(int batches) => _trimmed.Add(batches);

    private static KeyValuePair<string, object?> Tag(string name, string value) => KeyValuePair.Create<string, object?>(name, value);

    private IEnumerable<Measurement<int>> Queues()
    {
        lock (_gate)
        {
            return [.. _queues.Select(queue => new Measurement<int>(queue.Count(), Tag("store", queue.Store), Tag("use", queue.Use)))];
        }
    }
}
