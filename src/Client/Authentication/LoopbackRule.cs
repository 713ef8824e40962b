using System.Net;
using Grid.Client.Settings;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Authentication;

/// <summary>Without a check of callers, only callers of the same machine may come in.</summary>
public static class LoopbackRule
{
    /// <summary>The first address that others can reach, null when every one is loopback (or a Unix socket).</summary>
    /// <param name="addresses">Addresses as servers write them, such as <c>http://127.0.0.1:5080</c>, <c>http://*:80</c>.</param>
    public static string? FindReachable(IEnumerable<string> addresses) => addresses.FirstOrDefault(address => !IsLoopback(address));

    /// <summary>Refuses <see cref="AuthenticationMode.Open"/> on an address that others can reach.</summary>
    /// <exception cref="GatewaySettingException">An address is not loopback.</exception>
    public static void Require(AuthenticationMode mode, IEnumerable<string> addresses)
    {
        if (mode == AuthenticationMode.Open && FindReachable(addresses) is { } address)
        {
            throw new GatewaySettingException(
                AuthenticationModes.Setting, nameof(AuthenticationMode.Open), $"is refused because {address} is not a loopback address; use Local, or bind 127.0.0.1 only");
        }
    }

    /// <summary>True for a host name or address that only this machine answers to.</summary>
    public static bool IsLoopbackHost(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static bool IsLoopback(string address)
    {
        try
        {
            var binding = BindingAddress.Parse(address);
            return binding.IsUnixPipe || IsLoopbackHost(binding.Host);
        }
        catch (FormatException)
        {
            // What cannot be understood is not known to be safe.
            return false;
        }
    }
}
