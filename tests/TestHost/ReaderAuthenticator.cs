using Grid.Client.Authentication;
using Microsoft.AspNetCore.Http;

namespace Grid.Tests.Host;

/// <summary>Beside the administrator and who has a token of the settings, a reader: may do everything but what concerns persons.</summary>
public sealed class ReaderAuthenticator(AdministratorToken token, AccessTokens others) : Authenticator(token, others)
{
    /// <summary>The reader's token.</summary>
    public const string ReaderToken = "reader-token-of-the-tests";

    private static readonly Actor Reader = new("reader", Actor.RightsWithoutPersons);

    /// <inheritdoc/>
    public override Actor? Authenticate(HttpRequest request, bool allowsQueryToken) =>
        request.Headers.Authorization == $"Bearer {ReaderToken}" || (allowsQueryToken && request.Query["access_token"] == ReaderToken)
            ? Reader
            : base.Authenticate(request, allowsQueryToken);
}
