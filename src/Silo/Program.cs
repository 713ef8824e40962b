using System.Globalization;
using System.Net.Sockets;
using Grid.Client.Authentication;
using Grid.Client.Settings;
using Grid.Contracts.Intake;
using Grid.Contracts.Storage;
using Grid.Silo;
using Grid.Silo.Maintenance;
using Grid.Silo.Startup;
using Grid.Storage;
using Grid.Storage.Postgres;
using Grid.Storage.Postgres.Schema;
using Grid.Storage.ReadingLog;
using Microsoft.AspNetCore.Connections;

const int Unusable = 2;

try
{
    if (DatabaseMigration.Asked(args) is { } migration)
    {
        await DatabaseMigration.RunAsync(migration.Database, migration.IsShowing, Console.Out, CancellationToken.None);
        return 0;
    }

    if (await MaintenanceProgram.TryRunAsync(args) is { } done)
    {
        return done;
    }

    await using var app = GridHost.Build(args);
    if (app.Services.GetRequiredService<GridSettings>().Database is { } database)
    {
        // Before the host starts, which would log it with a stack trace.
        await new SchemaMigrator(database).RequireCurrentAsync(CancellationToken.None);
    }

    app.Services.GetRequiredService<StopLimit>().Watch(app.Lifetime, Console.Error, Environment.Exit);
    try
    {
        await app.StartAsync();
    }
    catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
    {
        // A stop that was asked for before all parts had started: those that have are stopped.
        await app.StopAsync();
        return 0;
    }

    var startup = app.Services.GetRequiredService<GridStartup>();
    if (!await startup.IsReadyAsync())
    {
        // A failure was told and logged where it happened. The host stops: what the start has under way is told to end.
        await app.WaitForShutdownAsync();
        return startup.Ready.Task.IsFaulted ? 1 : 0;
    }

    var address = app.Urls.First();
    ListeningAddress.Write(app.Services.GetRequiredService<GridSettings>().DataDirectory, address);
    var count = app.Services.GetRequiredService<IDeviceDirectory>().Count;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Grid is ready with {count:N0} devices at {address}"));
    if (app.Services.GetService<AdministratorToken>()?.TakeSignInLink(address) is { } link)
    {
        Console.WriteLine($"Sign in (shown this once): {link}");
    }

    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception unusable) when (unusable is SettingsException or GatewaySettingException or DataDirectoryException or DatabaseUnusableException)
{
    Console.Error.WriteLine(unusable.Message);
    return Unusable;
}
catch (IOException damaged) when (damaged is StoreDamagedException or LogDamagedException or HistoryDamagedException)
{
    Console.Error.WriteLine($"{damaged.Message.ReplaceLineEndings(" ").TrimEnd('.')}. The command check says what is damaged and what to do.");
    return Unusable;
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{taken.Message} Stop the program that uses it, or choose another with --urls.");
    return Unusable;
}
catch (Exception address) when (address is SocketException or UriFormatException or FormatException)
{
    Console.Error.WriteLine($"The address to listen on cannot be used: {address.Message} Choose another with --urls.");
    return Unusable;
}
