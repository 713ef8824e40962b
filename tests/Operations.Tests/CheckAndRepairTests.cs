using System.Text.Json;
using Grid.Contracts.Notifications;
using Grid.Contracts.Storage;
using Grid.Silo.Maintenance;
using Grid.Storage;
using Grid.Storage.Checking;
using Grid.Storage.Repairing;
using Grid.Tests.Host;
using Grid.Tests.Host.Flips;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Tests.Operations;

/// <summary>The commands <c>check</c>, <c>repair</c> and <c>audit verify</c> on directories that the program left, whole and damaged.</summary>
public sealed class CheckAndRepairTests : IAsyncLifetime
{
    private readonly Scratch _scratch = new();
    private string _closed = "";
    private string _killed = "";

    public async ValueTask InitializeAsync()
    {
        var templates = await FlipTemplates.MakeAsync(_scratch.Path, devices: 6, CancellationToken.None);
        (_closed, _killed) = (templates[0], templates[1]);
    }

    public ValueTask DisposeAsync()
    {
        _scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Check_finds_nothing_in_a_whole_directory_and_leaves_every_file_as_it_is()
    {
        foreach (var data in (string[])[_closed, _killed])
        {
            var before = Scratch.Sums(data);
            var (code, output, error) = await GridCommand.RunAsync("check", "--data", data);

            Assert.Equal((0, ""), (code, error));
            Assert.Contains("all is whole", output);
            Assert.Equal(before, Scratch.Sums(data));
        }
    }

    [Fact]
    public async Task A_directory_in_use_is_neither_checked_nor_repaired()
    {
        await using var server = await GridServer.StartInAsync(_closed);
        foreach (var command in (string[])["check", "repair"])
        {
            var (code, _, error) = await GridCommand.RunAsync(command, "--data", _closed);
            Assert.Equal(2, code);
            Assert.Contains($"in use by another process (id {Environment.ProcessId})", error);
        }
    }

    [Fact]
    public async Task Each_finding_names_file_and_position_and_what_to_do_also_for_machines()
    {
        Flip(_closed, "grains.db", 4096 + 100);
        Flip(_closed, "log/0000000000000001.log", 200);

        var (code, output, _) = await GridCommand.RunAsync("check", "--data", _closed, "--json");

        Assert.Equal(1, code);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.False(report.GetProperty("isWhole").GetBoolean());
        var findings = report.GetProperty("findings").EnumerateArray().ToList();
        Assert.Contains(findings, finding => finding.GetProperty("file").GetString() == "grains.db" && finding.GetProperty("position").GetInt64() == 4096);
        Assert.Contains(findings, finding => finding.GetProperty("file").GetString() == "log/0000000000000001.log");
        Assert.All(findings, finding => Assert.NotEmpty(finding.GetProperty("remedy").GetString()!));
    }

    [Fact]
    public void Files_of_different_times_are_told_from_each_other()
    {
        foreach (var file in (string[])["grains.db", "grains.db-wal", "grains.db.sums"])
        {
            File.Copy(Path.Combine(_killed, file), Path.Combine(_closed, file), overwrite: true);
        }

        var findings = Check(_closed).Findings;

        Assert.All(findings, finding => Assert.Equal("grains.db", finding.File));
        Assert.Contains(findings, finding => finding.What.Contains("the log let go of those up to", StringComparison.Ordinal));
        Assert.Empty(Repair(_closed).Steps);
    }

    [Fact]
    public void A_store_that_is_missing_is_told()
    {
        File.Delete(Path.Combine(_closed, "registry.db"));

        Assert.Contains(Check(_closed).Findings, finding => finding is { File: "registry.db", What: "the store is missing" });
    }

    [Fact]
    public async Task Repair_says_what_it_would_do_and_does_it_when_it_is_told_to()
    {
        using (var log = new FileStream(Path.Combine(_closed, "log", "0000000000000001.log"), FileMode.Append))
        {
            log.Write("torn by a crash"u8);
        }

        var torn = Scratch.Sums(_closed);
        var planned = await GridCommand.RunAsync("repair", "--data", _closed);
        Assert.Equal(1, planned.Code);
        Assert.Contains("to do: log the torn commit at its end", planned.Output);
        Assert.Equal(torn, Scratch.Sums(_closed));

        var done = await GridCommand.RunAsync("repair", "--data", _closed, "--yes");
        Assert.Equal(0, done.Code);
        Assert.Contains("done: log the torn commit", done.Output);
        Assert.Empty(Check(_closed).Findings);
    }

    [Fact]
    public async Task Sums_that_are_damaged_are_made_anew_when_the_store_proves_whole()
    {
        var content = await StoredContent.ReadAsync(_closed);
        Flip(_closed, "registry.db.sums", 4096 + 6);
        Assert.False(Check(_closed).IsWhole);

        var report = Repair(_closed);

        Assert.Empty(report.Lost);
        Assert.Empty(report.Left);
        Assert.Equal(content, await StoredContent.ReadAsync(_closed));
    }

    [Fact]
    public async Task A_damaged_write_ahead_log_whose_commits_are_in_the_store_already_is_set_aside_without_loss()
    {
        var data = _scratch["taken-over"];
        using (var metrics = new StorageMetrics())
        await using (var storage = new GridStorage(new StorageOptions { DataDirectory = _killed }, TimeProvider.System, metrics, NullLoggerFactory.Instance))
        {
            await storage.OpenAsync(); // takes the log over, and leaves it as it is
            Scratch.Copy(_killed, data);
        }

        var content = await StoredContent.ReadAsync(_killed);

        // Amid its commits: a log that is damaged before the first of them ends has none, and there is nothing to find.
        Flip(data, "registry.db-wal", new FileInfo(Path.Combine(data, "registry.db-wal")).Length / 2);
        Assert.False(Check(data).IsWhole);

        var report = Repair(data);

        Assert.Empty(report.Lost);
        Assert.Empty(report.Left);
        Assert.Equal(content, await StoredContent.ReadAsync(data));
    }

    [Fact]
    public async Task Commits_that_fell_off_the_write_ahead_log_are_given_up_only_when_that_is_accepted()
    {
        var log = Path.Combine(_killed, "registry.db-wal");
        Flip(_killed, "registry.db-wal", new FileInfo(log).Length - 2_000);
        var refused = Repair(_killed);
        Assert.False(refused.IsApplied);
        Assert.Contains(refused.Steps, step => step.LosesCommits);

        var report = DirectoryRepair.Run(_killed, apply: true, acceptsLoss: true, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None);

        Assert.True(report.IsApplied);
        Assert.Contains(report.Lost, lost => lost.StartsWith("registry.db: the last ", StringComparison.Ordinal));
        Assert.DoesNotContain(report.Left, finding => finding.File.StartsWith("registry.db", StringComparison.Ordinal) && finding.What.Contains("mark"));
    }

    [Fact]
    public async Task Of_a_damaged_store_every_row_that_is_whole_is_kept_and_the_others_are_named()
    {
        var rows = (await StoredContent.ReadAsync(_closed)).Where(line => line.StartsWith("grains.db state", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var bytes = File.ReadAllBytes(Path.Combine(_closed, "grains.db"));
        foreach (var json in JsonOf(bytes, "meter/deviceMETER-3"u8))
        {
            bytes[json + 10] ^= 1;
        }

        await File.WriteAllBytesAsync(Path.Combine(_closed, "grains.db"), bytes);

        var report = Repair(_closed);

        Assert.True(report.IsApplied);
        Assert.Single(report.Lost);
        Assert.Contains("table state, whose checksum does not match", report.Lost[0]);
        Assert.True(File.Exists(Path.Combine(report.SetAside!, "grains.db")));
        var kept = (await StoredContent.ReadAsync(_closed)).Where(line => line.StartsWith("grains.db state", StringComparison.Ordinal)).ToList();
        Assert.Equal(rows.Count - 1, kept.Count);
        Assert.Subset(rows, kept.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_notification_that_is_damaged_is_named_and_the_others_are_kept()
    {
        await WithNotificationsAsync(async notifications =>
        {
            foreach (var id in (string[])["damaged-one", "whole-one"])
            {
                await notifications.AddAsync(
                    new Notification { Id = id, Endpoint = "hook", Type = "test", Subject = "Essai", Body = $"Un essai de {id}", CreatedAt = DateTimeOffset.UnixEpoch, ExpiresAt = DateTimeOffset.UnixEpoch.AddDays(1) },
                    100,
                    CancellationToken.None);
            }
        });
        Assert.True(Check(_closed).IsWhole);
        var bytes = await File.ReadAllBytesAsync(Path.Combine(_closed, "registry.db"));
        bytes[IndexOf(bytes, "Un essai de damaged-one"u8)] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(_closed, "registry.db"), bytes);

        Assert.Contains(Check(_closed).Findings, finding => finding.What == "the checksum of row damaged-one of table notification does not match");
        Assert.Contains("row damaged-one of table notification", Assert.Single(Repair(_closed).Lost), StringComparison.Ordinal);

        await WithNotificationsAsync(async notifications =>
        {
            Assert.Equal("Un essai de whole-one", (await notifications.GetAsync("whole-one", CancellationToken.None))!.Notification.Body);
            Assert.Null(await notifications.GetAsync("damaged-one", CancellationToken.None));
        });
    }

    [Fact]
    public async Task A_log_that_is_damaged_in_its_middle_keeps_its_whole_batches_and_new_entries_follow_after_what_was_lost()
    {
        var before = (await StoredContent.ReadAsync(_killed)).Where(line => line.StartsWith("entry ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(before);
        var log = Path.Combine(_killed, "log", "0000000000000001.log");
        Flip(_killed, "log/0000000000000001.log", new FileInfo(log).Length - 500);
        Assert.False(Check(_killed).IsWhole);

        var report = Repair(_killed);

        Assert.True(report.IsApplied);
        Assert.Contains(report.Lost, lost => lost.StartsWith("log/0000000000000001.log: bytes ", StringComparison.Ordinal));
        Assert.Empty(report.Left);
        var after = (await StoredContent.ReadAsync(_killed)).Where(line => line.StartsWith("entry ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(after);
        Assert.Subset(before.ToHashSet(StringComparer.Ordinal), after.ToHashSet(StringComparer.Ordinal));
        await using var server = await GridServer.StartInAsync(_killed);
        Assert.True(await City.ReadAsync(server.Http, City.Meters(6), 50));
        await Eventually.IsAsync<double?>(1_050, () => City.IndexAsync(server, "METER-1"));
    }

    [Fact]
    public async Task The_audit_proves_itself_and_a_line_that_was_changed_is_named()
    {
        var whole = await GridCommand.RunAsync("audit", "verify", "--data", _closed);
        Assert.Equal(0, whole.Code);
        var last = whole.Output.Trim().Split("Last: ")[1];
        Assert.Equal(0, (await GridCommand.RunAsync("audit", "verify", "--data", _closed, "--expect", last)).Code);
        Assert.Equal(1, (await GridCommand.RunAsync("audit", "verify", "--data", _closed, "--expect", $"1:{last.Split(':')[1]}")).Code);

        var bytes = File.ReadAllBytes(Path.Combine(_closed, "registry.db"));
        bytes[IndexOf(bytes, "administrator"u8)] ^= 1;
        File.WriteAllBytes(Path.Combine(_closed, "registry.db"), bytes);
        var changed = await GridCommand.RunAsync("audit", "verify", "--data", _closed);
        Assert.Equal(1, changed.Code);
        Assert.Matches("Audit entry [0-9]+ is not as it was written", changed.Output);
    }

    [Theory]
    [InlineData("'chekc' is no command", "chekc")]
    [InlineData("check has no option '--date'", "check", "--date", "x")]
    [InlineData("--data needs a value", "check", "--data")]
    [InlineData("--to is missing", "backup")]
    [InlineData("does not exist", "check", "--data", "/nowhere/at/all")]
    public async Task A_command_that_cannot_be_understood_ends_with_one_line_and_code_2(string says, params string[] arguments)
    {
        var (code, output, error) = await GridCommand.RunAsync(arguments);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains(says, error);
        Assert.DoesNotContain('\n', error.Trim());
    }

    [Theory]
    [InlineData("check")]
    [InlineData("repair")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("audit verify")]
    [InlineData("migrate")]
    public async Task Every_command_explains_itself_with_its_exit_codes(string command)
    {
        var (code, output, _) = await GridCommand.RunAsync([.. command.Split(' '), "--help"]);

        Assert.Equal(0, code);
        Assert.StartsWith(command, output);
        Assert.Contains("Exit codes: 0", output);
    }

    private static CheckReport Check(string data) => DirectoryCheck.Run(data, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None);

    private static RepairReport Repair(string data) =>
        DirectoryRepair.Run(data, apply: true, acceptsLoss: false, StoredBooks.Read, TimeProvider.System, null, CancellationToken.None);

    private async Task WithNotificationsAsync(Func<INotificationOutbox, Task> use)
    {
        using var metrics = new StorageMetrics();
        await using var storage = new GridStorage(new StorageOptions { DataDirectory = _closed }, TimeProvider.System, metrics, NullLoggerFactory.Instance);
        await storage.OpenAsync();
        await use(storage.Notifications);
    }

    private static int IndexOf(byte[] bytes, ReadOnlySpan<byte> text)
    {
        var found = bytes.AsSpan().IndexOf(text);
        Assert.True(found >= 0);
        return found;
    }

    /// <summary>Where the JSON of a state begins, in its row and in what is left of former ones: there it follows type, key, version and checksum.</summary>
    private static List<int> JsonOf(byte[] bytes, ReadOnlySpan<byte> typeAndKey)
    {
        var found = new List<int>();
        for (int from = 0, next; (next = bytes.AsSpan(from).IndexOf(typeAndKey)) >= 0;)
        {
            from += next + typeAndKey.Length;
            if (bytes.AsSpan(from, 24).IndexOf("{\""u8) is >= 0 and var json)
            {
                found.Add(from + json);
            }
        }

        Assert.NotEmpty(found);
        return found;
    }

    private static void Flip(string data, string file, long position)
    {
        var path = Path.Combine(data, file);
        var bytes = File.ReadAllBytes(path);
        bytes[position] ^= 16;
        File.WriteAllBytes(path, bytes);
    }
}
