using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Grid.Client.Live;
using Grid.Contracts.Rights;
using Microsoft.Extensions.Options;

namespace Grid.Client.Authentication;

/// <summary>Tokens beside the administrator's, by the name of who has each; section <c>Grid:Auth</c>. Names are 1 to 64 characters and stand in the audit log.</summary>
public sealed class AccessTokenOptions
{
    /// <summary>By name; none by default, at most 1,000.</summary>
    public IDictionary<string, AccessTokenSetting> Tokens { get; set; } = new Dictionary<string, AccessTokenSetting>(StringComparer.Ordinal);
}

/// <summary>A token: a hash of it, what its holder may do, and where.</summary>
public sealed class AccessTokenSetting
{
    /// <summary>SHA-256 of the token in hexadecimal: the token itself is nowhere in the settings. Make one of at least 32 random bytes.</summary>
    public string Sha256 { get; set; } = "";

    /// <summary>Names of rights, such as <c>Read</c>; at least one.</summary>
    public IList<string> Rights { get; set; } = [];

    /// <summary>Where they hold: <c>commune:INSEE</c>, <c>syndicate:SIREN</c> (any body: its members' devices of its competence), <c>department:CODE</c>, or <c>all</c>; at least one, at most 1,000.</summary>
    public IList<string> Territory { get; set; } = [];
}

/// <summary>Who has which of the tokens that the settings name.</summary>
public sealed class AccessTokens
{
    private readonly ImmutableArray<(byte[] Hash, Actor Actor)> _actors;

    /// <summary>The tokens of settings that were validated.</summary>
    public AccessTokens(IOptions<AccessTokenOptions> options) => _actors =
    [
        .. options.Value.Tokens.Select(token => (
            Convert.FromHexString(token.Value.Sha256),
            new Actor(token.Key, token.Value.Rights.Select(Enum.Parse<Right>).ToFrozenSet())
            {
                Territory = token.Value.Territory.Contains("all") ? null : [.. token.Value.Territory.Select(text => LiveScope.TryParse(text, out var scope) ? scope : default)],
            })),
    ];

    /// <summary>Who has the token; null when nobody does. Takes the same time whatever the difference.</summary>
    public Actor? Find(string token)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        Actor? found = null;
        foreach (var (known, actor) in _actors)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? actor : found;
        }

        return found;
    }
}

/// <summary>A wrong setting stops the program with its name.</summary>
internal sealed class AccessTokenValidation : IValidateOptions<AccessTokenOptions>
{
    private const int MaximumTokens = 1_000;
    private const int MaximumScopes = 1_000;
    private const int MaximumNameLength = 64;
    private const int HashDigits = 64;

    private static readonly string Rights = string.Join(' ', Actor.AllRights.Where(right => right != Right.Public).Order());

    public ValidateOptionsResult Validate(string? name, AccessTokenOptions options)
    {
        var faults = new List<string>();
        Check(options.Tokens.Count <= MaximumTokens, $" must be at most {MaximumTokens}");
        foreach (var (holder, token) in options.Tokens)
        {
            Check(holder.Length is >= 1 and <= MaximumNameLength && holder is not ("administrator" or "open" or "system" or "grid"), $":{holder}: the name must have 1 to {MaximumNameLength} characters and be none of the grid's own");
            Check(token.Sha256.Length == HashDigits && token.Sha256.All(char.IsAsciiHexDigit), $":{holder}:Sha256 must be the SHA-256 of the token, {HashDigits} hexadecimal digits");
            Check(token.Rights.Count > 0 && token.Rights.All(IsRight), $":{holder}:Rights must be some of {Rights}");
            Check(
                token.Territory.Count is >= 1 and <= MaximumScopes && token.Territory.All(text => LiveScope.TryParse(text, out var scope) && scope.Kind != ScopeKind.Device),
                $":{holder}:Territory must be 1 to {MaximumScopes} of commune:INSEE, syndicate:SIREN, department:CODE and all");
        }

        Check(options.Tokens.Values.DistinctBy(token => token.Sha256.ToUpperInvariant()).Count() == options.Tokens.Count, " must not have the same token twice");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add($"Grid:Auth:Tokens{fault}");
            }
        }
    }

    // By its name: parsed, a number or two names in one setting would be another right than anyone meant.
    private static bool IsRight(string word) => Actor.AllRights.Any(right => right != Right.Public && right.ToString() == word);
}
