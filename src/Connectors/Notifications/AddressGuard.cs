using System.Net;
using System.Net.Sockets;

namespace Grid.Connectors.Notifications;

/// <summary>
/// Where the grid may connect for whoever can enter an address: not into its own network, unless that is allowed, and never to link-local addresses. It is asked where the connection is made, after
/// the name was resolved: a name that is allowed now and leads elsewhere later is caught too.
/// </summary>
internal sealed class AddressGuard(bool allowsPrivate)
{
    /// <summary>Addresses that are no host's, and those of link-local networks.</summary>
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("ff00::/8"), IPNetwork.Parse("fd00:ec2::/32"),
    ];

    /// <summary>Loopback, private, shared and benchmark networks, and those of IPv6 that carry an address of IPv4 inside.</summary>
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("::/96"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fec0::/10"), IPNetwork.Parse("64:ff9b::/96"), IPNetwork.Parse("64:ff9b:1::/48"), IPNetwork.Parse("2001::/32"), IPNetwork.Parse("2002::/16"),
    ];

    /// <summary>True for an address to which the grid may connect.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Never.Any(network => network.Contains(plain)) && (allowsPrivate || !Private.Any(network => network.Contains(plain)));
    }

    /// <summary>Connects to one of a host's addresses that is allowed.</summary>
    /// <exception cref="AddressNotAllowedException">It has none.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var allowed = addresses.Where(Allows).ToArray();
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new AddressNotAllowedException(host.Host);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>An address into a network to which the grid does not connect.</summary>
/// <param name="host">As it was entered.</param>
internal sealed class AddressNotAllowedException(string host)
    : IOException($"{host} is an address of a private network, to which nothing is sent unless Grid:Notifications:AllowPrivate is true, or of none to which anything ever is");
