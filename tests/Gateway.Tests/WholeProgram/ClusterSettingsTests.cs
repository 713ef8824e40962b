using System.Net;
using Grid.Silo;
using Grid.Silo.Startup;
using Microsoft.Extensions.Configuration;

namespace Grid.Tests.Gateway.WholeProgram;

/// <summary>The settings of the grain runtime are read alike by every build; whether one can serve them is another question.</summary>
public sealed class ClusterSettingsTests
{
    private const string Database = "Host=127.0.0.1;Database=grid";

    [Fact]
    public void Unless_set_the_cluster_is_this_process_on_loopback_with_its_own_store()
    {
        var settings = Read();

        Assert.Equal((ClusterMode.Single, StateStore.Grid), (settings.Mode, settings.State));
        Assert.Equal((IPAddress.Loopback, null), (settings.Address, settings.Port));
        Assert.Equal(("grid", "grid-state"), (settings.Id, settings.StateContainer));
        Assert.Null(settings.Connection);
        Assert.Null(settings.StateConnection);
    }

    [Fact]
    public void A_silo_of_a_cluster_has_a_port_that_stays()
    {
        Assert.Equal(11111, Read("Cluster:Mode=postgres", $"Cluster:Connection={Database}").Port);
        Assert.Equal(12000, Read("Cluster:Mode=Postgres", $"Cluster:Connection={Database}", "Cluster:Port=12000").Port);
    }

    [Fact]
    public void State_in_PostgreSQL_is_kept_in_the_clusters_database_unless_it_has_one_of_its_own()
    {
        Assert.Equal(Database, Read("State:Store=Postgres", $"Cluster:Connection={Database}").StateConnection);
        Assert.Equal("Host=other", Read("State:Store=Postgres", $"Cluster:Connection={Database}", "State:Connection=Host=other").StateConnection);
    }

    [Theory]
    [InlineData("Grid:Cluster:Mode is 'Kubernetes'; it must be one of Single, Postgres.", "Cluster:Mode=Kubernetes")]
    [InlineData("Grid:Cluster:Mode is '1'; it must be one of Single, Postgres.", "Cluster:Mode=1")]
    [InlineData("Grid:Cluster:Connection is empty", "Cluster:Mode=Postgres")]
    [InlineData("Grid:Cluster:Id is 'a b'", "Cluster:Id=a b")]
    [InlineData("Grid:Cluster:Address is 'here'", "Cluster:Address=here")]
    [InlineData("Grid:Cluster:Address is '0.0.0.0'", "Cluster:Address=0.0.0.0")]
    [InlineData("Grid:Cluster:Port is '0'; it must be a whole number from 1 to 65535.", "Cluster:Port=0")]
    [InlineData("Grid:Cluster:Port is '65536'", "Cluster:Port=65536")]
    [InlineData("Grid:State:Store is 'Redis'; it must be one of Grid, Postgres, AzureBlobs.", "State:Store=Redis")]
    [InlineData("Grid:State:Connection is empty", "State:Store=Postgres")]
    [InlineData("Grid:State:Connection is empty", "State:Store=AzureBlobs")]
    [InlineData("Grid:State:Container is 'Upper'", "State:Container=Upper")]
    [InlineData("Grid:State:Container is 'a--b'", "State:Container=a--b")]
    public void A_wrong_setting_is_refused_with_its_name_and_what_it_must_be(string says, params string[] settings)
    {
        var refusal = Assert.Throws<SettingsException>(() => Read(settings));

        Assert.StartsWith(says, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void The_program_refuses_them_before_it_starts_anything()
    {
        var data = Path.Combine(Path.GetTempPath(), $"grid-{Path.GetRandomFileName()}");

        var refusal = Assert.Throws<SettingsException>(() => GridHost.Build([$"--Grid:Data={data}", "--Grid:Cluster:Mode=Postgres", "--Grid:Cluster:Connection=nonsense"]));

        Assert.Contains("Grid:Cluster:", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    private static ClusterSettings Read(params string[] settings) => ClusterSettings.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Grid:{s[..s.IndexOf('=', StringComparison.Ordinal)]}", (string?)s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..])))
        .Build());
}
