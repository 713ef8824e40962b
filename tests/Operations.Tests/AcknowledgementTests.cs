using System.Globalization;
using System.Net.Http.Json;

namespace Grid.Tests.Operations;

/// <summary>Under <c>strace</c>: no acknowledgement leaves the process before its readings are durable.</summary>
public sealed class AcknowledgementTests : IDisposable
{
    private const int Devices = 60;
    private const int AtOnce = 6;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task No_answer_that_acknowledges_a_reading_leaves_before_the_sync_that_covers_its_bytes_has_returned()
    {
        InjectedFault.Require();
        var trace = _scratch["trace"];
        string[] devices = [.. Enumerable.Range(0, Devices).Select(number => string.Create(CultureInfo.InvariantCulture, $"TRACED-{number}"))];
        await using (var grid = await GridProcess.StartAsync(
            _scratch["data"], "strace", "-f", "-yy", "-s", "4096", "-o", trace, "-e", "trace=write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sendto,sendmsg,read,readv,recvfrom,recvmsg"))
        {
            foreach (var device in devices)
            {
                using var put = await grid.Http.PutAsJsonAsync($"/api/v1/devices/{device}", new { kind = "meter", commune = "29019", attributes = new { fluid = "water" } });
                Assert.True(put.IsSuccessStatusCode);
            }

            // Each connection asks for one device at a time, so that an answer is known by its connection.
            await Parallel.ForEachAsync(devices, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (device, cancellationToken) =>
            {
                using var answer = await grid.Http.PostAsJsonAsync(
                    "/api/v1/readings", new[] { new { device, time = DateTime.UtcNow, metrics = new { indexLitres = 1 } } }, cancellationToken);
                answer.EnsureSuccessStatusCode();
            });

            // The tracer writes the end of its file when what it traces has ended.
            await grid.SignalAsync("TERM", grid.ProcessOfGrid());
            await grid.EndedAsync();
        }

        var seen = SyscallTrace.Read(File.ReadLines(trace));

        Assert.Empty(seen.Violations);
        Assert.Equal(devices.Order(StringComparer.Ordinal), seen.Acknowledged.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0, "never written")]
    [InlineData(1, "no sync that began after that had returned")]
    [InlineData(2, "no sync that began after that had returned")]
    [InlineData(3, null)]
    public void A_trace_in_which_the_answer_leaves_too_early_is_found_out(int step, string? violation)
    {
        string[] lines =
        [
            """7 recvmsg(20<TCP:[127.0.0.1:5080->127.0.0.1:4000]>, {msg_iov=[{iov_base="POST /api/v1/readings HTTP/1.1\r\n\r\n[{\"device\":\"TRACED-1\"", iov_len=4096}]}, 0) = 60""",
            """9 pwrite64(31</data/log/0000000000000001.log>, "GBLK\0TRACED-1\1", 80, 400) = 80""",
            """9 fdatasync(31</data/log/0000000000000001.log> <unfinished ...>""",
            """9 <... fdatasync resumed>)           = 0""",
        ];
        const string Answer = """8 sendto(20<TCP:[127.0.0.1:5080->127.0.0.1:4000]>, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"accepted\":1}", 80, 0, NULL, 0) = 80""";

        var seen = SyscallTrace.Read([.. lines[..(step + 1)], Answer, .. lines[(step + 1)..]]);

        Assert.Equal(["TRACED-1"], seen.Acknowledged);
        if (violation is null)
        {
            Assert.Empty(seen.Violations);
        }
        else
        {
            Assert.Contains(violation, Assert.Single(seen.Violations));
        }
    }
}
