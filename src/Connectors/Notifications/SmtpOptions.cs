namespace Grid.Connectors.Notifications;

/// <summary>How the connection to the mail server is secured.</summary>
public enum SmtpSecurity
{
    /// <summary>STARTTLS, required.</summary>
    StartTls,

    /// <summary>TLS from the first byte.</summary>
    Tls,

    /// <summary>None: for a server on the same machine or in a network of its own.</summary>
    None,
}

/// <summary>The mail server; section <c>Grid:Smtp</c>.</summary>
public sealed record SmtpOptions
{
    /// <summary>Its name or address; null and no mail is sent.</summary>
    public string? Host { get; init; }

    /// <summary>Its port; default 587.</summary>
    public int Port { get; init; } = 587;

    /// <summary>The sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>The sender's name, for people; default Grid.</summary>
    public string FromName { get; init; } = "Grid";

    /// <summary>Who signs in; null and nobody does.</summary>
    public string? User { get; init; }

    /// <summary>The password.</summary>
    public string? Password { get; init; }

    /// <summary>How the connection is secured; default STARTTLS, required.</summary>
    public SmtpSecurity Security { get; init; } = SmtpSecurity.StartTls;

    /// <summary>Everything but the password.</summary>
    public override string ToString() => $"{nameof(SmtpOptions)} {{ {Host}:{Port} {Security} from {From} }}";
}
