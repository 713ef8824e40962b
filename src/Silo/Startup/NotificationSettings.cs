using System.Net;
using System.Net.Mail;
using System.Xml;
using Grid.Connectors.Notifications;
using Grid.Grains.Notifications;

namespace Grid.Silo.Startup;

/// <summary>How people and programs are told: sections <c>Grid:Notifications</c> and <c>Grid:Smtp</c>. Names, ranges and defaults as documented in docs/notifications.md.</summary>
/// <param name="Notifier">How notifications are kept.</param>
/// <param name="Sender">How they are sent.</param>
/// <param name="Smtp">The mail server.</param>
public sealed record NotificationSettings(NotifierOptions Notifier, NotificationSenderOptions Sender, SmtpOptions Smtp)
{
    private const string Notifications = "Grid:Notifications";
    private const string Mail = "Grid:Smtp";
    private const int SecondsOfDay = 24 * 60 * 60;

    private static readonly string[] NotificationNames =
    [
        "AllowPrivate", "Expiry", "FirstRetrySeconds", "KeepFinishedDays", "Lanes", "LongestRetrySeconds", "MailLanes", "MostFinished", "MostPending", "PublicAddress", "TimeoutSeconds",
    ];

    private static readonly string[] MailNames = ["From", "FromName", "Host", "Password", "Port", "Security", "User"];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="SettingsException">A setting is not as it must be.</exception>
    public static NotificationSettings Read(IConfiguration configuration, int seed)
    {
        var (own, mail) = (configuration.GetSection(Notifications), configuration.GetSection(Mail));
        RequireKnown(own, NotificationNames);
        RequireKnown(mail, MailNames);
        var longest = Seconds(own, "LongestRetrySeconds", 3_600, 60, SecondsOfDay);
        var first = Seconds(own, "FirstRetrySeconds", 10, 1, 600);
        return new NotificationSettings(
            new NotifierOptions
            {
                Expiry = ReadExpiry(own["Expiry"]),
                MostPending = Whole(own, "MostPending", 500, 1, 10_000),
                PublicAddress = ReadPublicAddress(own["PublicAddress"]),
            },
            new NotificationSenderOptions
            {
                AllowPrivate = GridSettings.Flag($"{Notifications}:AllowPrivate", own["AllowPrivate"], false),
                Timeout = Seconds(own, "TimeoutSeconds", 10, 1, 60),
                FirstRetry = first,
                LongestRetry = longest,
                MaximumLanes = Whole(own, "Lanes", 64, 1, 1_000),
                MaximumMailLanes = Whole(own, "MailLanes", 8, 1, 64),
                KeepFinished = TimeSpan.FromDays(Whole(own, "KeepFinishedDays", 7, 1, 90)),
                MostFinished = Whole(own, "MostFinished", 100_000, 1_000, 1_000_000),
                Seed = seed,
            },
            ReadMail(mail));
    }

    private static SmtpOptions ReadMail(IConfigurationSection mail)
    {
        if (Text(mail, "Host") is not { } host)
        {
            return mail.GetChildren().FirstOrDefault(setting => !string.IsNullOrEmpty(setting.Value)) is { } alone
                ? throw new SettingsException($"{alone.Path} is set, and {Mail}:Host is empty; name the mail server, or leave it out.")
                : new SmtpOptions();
        }

        var options = new SmtpOptions
        {
            Host = host,
            Port = Whole(mail, "Port", 587, 1, 65_535),
            From = mail["From"] ?? "",
            FromName = Text(mail, "FromName") ?? "Grid",
            User = Text(mail, "User"),
            Password = Text(mail, "Password"),
            Security = ReadSecurity(mail["Security"]),
        };
        if (!MailAddress.TryCreate(options.From, out var from) || from.Address != options.From)
        {
            throw new SettingsException($"{Mail}:From is '{options.From}'; it must be the mail address of the sender, such as grid@exemple.fr.");
        }

        if ((options.User is null) != (options.Password is null))
        {
            throw new SettingsException($"{Mail}:User and {Mail}:Password must both be set, or neither.");
        }

        if (options is { Security: SmtpSecurity.None, User: not null } && !IsLoopback(host))
        {
            throw new SettingsException($"{Mail}:Security is None, and {Mail}:User would send its password in the clear to {host}; choose StartTls or Tls.");
        }

        return options;
    }

    private static SmtpSecurity ReadSecurity(string? text) =>
        string.IsNullOrEmpty(text) ? SmtpSecurity.StartTls
        : Enum.GetNames<SmtpSecurity>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known ? Enum.Parse<SmtpSecurity>(known)
        : throw new SettingsException($"{Mail}:Security is '{text}'; it must be {string.Join(", ", Enum.GetNames<SmtpSecurity>())}.");

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static TimeSpan ReadExpiry(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return TimeSpan.FromHours(24);
        }

        try
        {
            if (XmlConvert.ToTimeSpan(text) is var expiry && expiry >= TimeSpan.FromMinutes(1) && expiry <= TimeSpan.FromDays(7))
            {
                return expiry;
            }
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            // As one that is out of range.
        }

        throw new SettingsException($"{Notifications}:Expiry is '{text}'; it must be an ISO 8601 duration from PT1M to P7D, such as PT24H.");
    }

    private static string? ReadPublicAddress(string? text) =>
        string.IsNullOrEmpty(text) ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.Query.Length == 0 && address.Fragment.Length == 0 ? text.TrimEnd('/')
        : throw new SettingsException($"{Notifications}:PublicAddress is '{text}'; it must be the http or https address at which people reach the grid, such as https://grid.exemple.fr.");

    private static void RequireKnown(IConfigurationSection section, string[] names)
    {
        foreach (var setting in section.GetChildren().Where(setting => !names.Contains(setting.Key, StringComparer.OrdinalIgnoreCase)))
        {
            throw new SettingsException($"{setting.Path} is no setting; those of {section.Path} are {string.Join(", ", names)}.");
        }
    }

    private static string? Text(IConfigurationSection section, string name) => string.IsNullOrWhiteSpace(section[name]) ? null : section[name];

    private static int Whole(IConfigurationSection section, string name, int fallback, int minimum, int maximum) =>
        (int)GridSettings.Number($"{section.Path}:{name}", section[name], fallback, minimum, maximum, whole: true);

    private static TimeSpan Seconds(IConfigurationSection section, string name, int fallback, int minimum, int maximum) =>
        TimeSpan.FromSeconds(Whole(section, name, fallback, minimum, maximum));
}
