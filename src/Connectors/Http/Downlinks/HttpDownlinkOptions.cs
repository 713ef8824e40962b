using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Grid.Connectors.Http.Downlinks;

/// <summary>Where downlinks over HTTP may go and how long they may take; section <c>Grid:Downlinks:Http</c>.</summary>
public sealed class HttpDownlinkOptions : IValidatableObject
{
    /// <summary>Addresses of link-local networks, where clouds keep credentials of the machine, and addresses that are no host's.</summary>
    private static readonly IPNetwork[] NeverAllowed =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("ff00::/8"), IPNetwork.Parse("fd00:ec2::/32"),
    ];

    private IPNetwork[]? _networks;

    /// <summary>Networks in CIDR notation, such as <c>10.20.0.0/16</c>; empty for every address that is a host's.</summary>
    public string[] Networks { get; set; } = [];

    /// <summary>From the first byte sent to the last byte of the answer; 1 to 30 s, default 8 s.</summary>
    [Range(1, 30)]
    public int TimeoutSeconds { get; set; } = 8;

    /// <summary>Downlinks at the same time to one gateway, or host where none is named; 1 to 64, default 8.</summary>
    [Range(1, 64)]
    public int ConcurrentPerGateway { get; set; } = 8;

    /// <summary>True for an address to which Grid may connect.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        _networks ??= [.. Networks.Select(IPNetwork.Parse)];
        return !NeverAllowed.Any(network => network.Contains(plain)) && (_networks.Length == 0 || _networks.Any(network => network.Contains(plain)));
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in Networks.Where(network => !IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult($"Grid:Downlinks:Http:Networks: '{network}' is no network such as 10.20.0.0/16.", [nameof(Networks)]);
        }
    }
}
