using Grid.Connectors.Notifications;
using Grid.Silo.Startup;
using Microsoft.Extensions.Configuration;

namespace Grid.Tests.Gateway.WholeProgram;

public sealed class NotificationSettingsTests
{
    private static NotificationSettings Read(params (string Name, string Value)[] settings) => NotificationSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build(), seed: 1);

    private static string RefusalOf(params (string Name, string Value)[] settings) => Assert.Throws<SettingsException>(() => Read(settings)).Message;

    [Fact]
    public void Nothing_said_is_a_day_of_tries_no_private_address_and_no_mail()
    {
        var settings = Read();

        Assert.Equal((TimeSpan.FromHours(24), 500, null), (settings.Notifier.Expiry, settings.Notifier.MostPending, settings.Notifier.PublicAddress));
        Assert.Equal((false, TimeSpan.FromSeconds(10), 64), (settings.Sender.AllowPrivate, settings.Sender.Timeout, settings.Sender.MaximumLanes));
        Assert.Null(settings.Smtp.Host);
    }

    [Fact]
    public void What_is_said_is_taken()
    {
        var settings = Read(
            ("Grid:Notifications:Expiry", "PT2H"), ("Grid:Notifications:AllowPrivate", "true"), ("Grid:Notifications:PublicAddress", "https://grid.example/"), ("Grid:Smtp:Host", "mail.example"),
            ("Grid:Smtp:From", "grid@example.org"), ("Grid:Smtp:User", "grid"), ("Grid:Smtp:Password", "s3cret"), ("Grid:Smtp:Security", "tls"), ("Grid:Smtp:Port", "465"));

        Assert.Equal((TimeSpan.FromHours(2), "https://grid.example"), (settings.Notifier.Expiry, settings.Notifier.PublicAddress));
        Assert.True(settings.Sender.AllowPrivate);
        Assert.Equal(("mail.example", 465, SmtpSecurity.Tls), (settings.Smtp.Host, settings.Smtp.Port, settings.Smtp.Security));
        Assert.DoesNotContain("s3cret", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Grid:Notifications:Expiry", "24")]
    [InlineData("Grid:Notifications:Expiry", "P8D")]
    [InlineData("Grid:Notifications:TimeoutSeconds", "0")]
    [InlineData("Grid:Notifications:Lanes", "many")]
    [InlineData("Grid:Notifications:AllowPrivate", "yes")]
    [InlineData("Grid:Notifications:PublicAddress", "grid.example")]
    [InlineData("Grid:Notifications:Timeout", "10")]
    [InlineData("Grid:Smtp:Server", "mail.example")]
    [InlineData("Grid:Smtp:From", "grid@example.org")]
    public void A_wrong_setting_is_named_with_its_value_or_what_there_is(string name, string value)
    {
        var refusal = RefusalOf((name, value));

        Assert.StartsWith(name, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void A_password_is_never_sent_in_the_clear_over_a_network()
    {
        (string, string)[] mail = [("Grid:Smtp:From", "grid@example.org"), ("Grid:Smtp:User", "grid"), ("Grid:Smtp:Password", "s3cret"), ("Grid:Smtp:Security", "None")];

        Assert.Contains("in the clear", RefusalOf([.. mail, ("Grid:Smtp:Host", "mail.example")]), StringComparison.Ordinal);
        Assert.Equal(SmtpSecurity.None, Read([.. mail, ("Grid:Smtp:Host", "127.0.0.1")]).Smtp.Security);
        Assert.Contains("Grid:Smtp:From", RefusalOf(("Grid:Smtp:Host", "mail.example"), ("Grid:Smtp:From", "Grid <grid@example.org>")), StringComparison.Ordinal);
        Assert.Contains("both", RefusalOf(("Grid:Smtp:Host", "mail.example"), ("Grid:Smtp:From", "grid@example.org"), ("Grid:Smtp:User", "grid")), StringComparison.Ordinal);
    }
}
