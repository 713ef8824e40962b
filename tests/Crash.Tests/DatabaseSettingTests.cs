using System.Diagnostics;
using Grid.LoadTests;
using Grid.Tests.Database;
using Xunit;

namespace Grid.Tests.Crash;

/// <summary>A database that cannot be used ends the program as a wrong setting does.</summary>
public sealed class DatabaseSettingTests
{
    [Fact]
    public Task A_database_that_cannot_be_reached_ends_it() => EndsWithAsync("cannot be used", "Host=127.0.0.1;Port=1;Username=grid;Password=s3cret;Database=grid");

    [Fact]
    public async Task A_database_without_Grids_schema_ends_it()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: false);
        await EndsWithAsync("command migrate", $"{server.Connection()};Password=s3cret");
    }

    [Fact]
    public async Task The_command_migrate_shows_and_makes_the_schema_and_the_program_starts_on_it()
    {
        if (PostgresServer.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        await using var server = await PostgresServer.StartAsync(syncs: false);
        Assert.Contains("lacks 1 storage", await MigrateAsync(server, "--show"), StringComparison.Ordinal);
        Assert.Contains("applying 1 storage", await MigrateAsync(server), StringComparison.Ordinal);
        Assert.DoesNotContain("applying", await MigrateAsync(server), StringComparison.Ordinal);

        using var data = new DataFolder();
        await using var program = SiloProcess.Launch(
            data.Path, isQuiet: true, "--Grid:Demo:Enabled=false", "--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={server.Connection()}");
        await program.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("Grid:Storage:Engine is 'Oracle'; it must be Files or Postgres.", "--Grid:Storage:Engine=Oracle")]
    [InlineData("Grid:Storage:Connection is empty", "--Grid:Storage:Engine=Postgres")]
    [InlineData("Grid:Storage:Connection is set", "--Grid:Storage:Connection=Host=h;Password=s3cret")]
    public Task A_wrong_setting_ends_it(string says, params string[] settings) => EndsAsync(says, settings);

    internal static async Task<string> MigrateAsync(PostgresServer server, params string[] options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Grid.Silo.dll"), "migrate", .. options])
        {
            RedirectStandardOutput = true,
            Environment = { ["Grid__Storage__Engine"] = "Postgres", ["Grid__Storage__Connection"] = server.Connection() },
        };
        using var program = Process.Start(start)!;
        var said = await program.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, program.ExitCode);
        return said;
    }

    private static Task EndsWithAsync(string says, string connection) => EndsAsync(says, "--Grid:Storage:Engine=Postgres", $"--Grid:Storage:Connection={connection}");

    private static async Task EndsAsync(string says, params string[] settings)
    {
        using var data = new DataFolder();
        await using var program = SiloProcess.Launch(data.Path, isQuiet: true, settings);

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => program.WaitUntilReadyAsync(TestContext.Current.CancellationToken));

        Assert.Equal(2, program.ExitCode);
        Assert.Contains(says, ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", ended.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Message, StringComparison.Ordinal);
    }
}
