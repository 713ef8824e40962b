using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Grid.Client.Authentication;

/// <summary>Finds out who calls.</summary>
public class Authenticator
{
    private const string Scheme = "Bearer ";

    private static readonly Actor Administrator = new("administrator", Actor.AllRights);
    private static readonly Actor Anybody = new("open", Actor.RightsWithoutPersons);

    private readonly AdministratorToken? _token;
    private readonly AccessTokens? _others;

    /// <summary>Callers prove that they have the administrator's token, or one of the others.</summary>
    public Authenticator(AdministratorToken token, AccessTokens? others = null) => (_token, _others) = (token, others);

    /// <summary>For one that finds out otherwise.</summary>
    protected Authenticator() => _token = null;

    /// <summary>Callers prove nothing, but come from this machine and from no foreign page.</summary>
    public static Authenticator Open { get; } = new();

    /// <summary>Who calls; null when that is not known.</summary>
    /// <param name="request">The request.</param>
    /// <param name="allowsQueryToken">True where browsers cannot send a header: the hub.</param>
    public virtual Actor? Authenticate(HttpRequest request, bool allowsQueryToken)
    {
        if (_token is null)
        {
            return IsOfThisMachine(request) ? Anybody : null;
        }

        var token = BearerToken(request) ?? (allowsQueryToken ? request.Query["access_token"] is [{ Length: > 0 } single] ? single : null : null);
        return token is null ? null : _token.Matches(token) ? Administrator : _others?.Find(token);
    }

    private static string? BearerToken(HttpRequest request) =>
        request.Headers[HeaderNames.Authorization] is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : null;

    // A page of the web can make a browser on this machine call loopback: it gives itself away by its name or its origin.
    private static bool IsOfThisMachine(HttpRequest request)
    {
        if (!LoopbackRule.IsLoopbackHost(request.Host.Host))
        {
            return false;
        }

        var origin = request.Headers.Origin;
        return origin.Count == 0
            || (origin is [{ } single] && Uri.TryCreate(single, UriKind.Absolute, out var uri) && LoopbackRule.IsLoopbackHost(uri.Host));
    }
}
