using Grid.Client.Authentication;
using Grid.Contracts.Rights;
using Microsoft.Extensions.Options;

namespace Grid.Tests.Gateway.Rights;

/// <summary>Tokens in the settings: what is not meant exactly as it is understood stops the program.</summary>
public sealed class AccessTokenTests
{
    /// <summary>Of "mairie-token".</summary>
    private const string Hash = "SHA";

    private static string Sha => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("mairie-token"u8));

    [Theory]
    [InlineData("mairie", Hash, "Read", "commune:29019", null)]
    [InlineData("mairie", Hash, "Read", "department:29", null)]
    [InlineData("", Hash, "Read", "all", "the name must have 1 to 64 characters")]
    [InlineData("administrator", Hash, "Read", "all", "none of the grid's own")]
    [InlineData("mairie", "", "Read", "all", "Sha256 must be the SHA-256 of the token")]
    [InlineData("mairie", "mairie-token", "Read", "all", "Sha256 must be the SHA-256 of the token")]
    [InlineData("mairie", Hash, null, "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "Everything", "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "Read, Command", "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "2", "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "Internal", "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "Public", "all", "Rights must be some of")]
    [InlineData("mairie", Hash, "Read", null, "Territory must be 1 to 1000 of")]
    [InlineData("mairie", Hash, "Read", "", "Territory must be 1 to 1000 of")]
    [InlineData("mairie", Hash, "Read", "brest", "Territory must be 1 to 1000 of")]
    [InlineData("mairie", Hash, "Read", "device:L1", "Territory must be 1 to 1000 of")]
    public void A_setting_that_is_wrong_is_named(string name, string hash, string? right, string? territory, string? fault)
    {
        var options = new AccessTokenOptions();
        options.Tokens[name] = new() { Sha256 = hash == Hash ? Sha : hash, Rights = right is null ? [] : [right], Territory = territory is null ? [] : [territory] };
        var result = new AccessTokenValidation().Validate(null, options);
        Assert.Equal(fault is null, result.Succeeded);
        if (fault is not null)
        {
            Assert.StartsWith($"Grid:Auth:Tokens:{name}:", Assert.Single(result.Failures!), StringComparison.Ordinal);
            Assert.Contains(fault, result.FailureMessage, StringComparison.Ordinal);
            Assert.DoesNotContain("mairie-token", result.FailureMessage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_may_not_have_the_same_token_and_a_token_is_that_of_who_has_it_only()
    {
        var options = new AccessTokenOptions();
        options.Tokens["mairie"] = new() { Sha256 = Sha, Rights = ["Read", "Command"], Territory = ["commune:29019"] };
        var tokens = new AccessTokens(Options.Create(options));
        var actor = tokens.Find("mairie-token");
        Assert.Equal("mairie", actor?.Name);
        Assert.Equal([Right.Read, Right.Command], actor!.Rights.Order());
        Assert.Null(tokens.Find("mairie-token "));
        Assert.Null(tokens.Find(""));
        Assert.Null(tokens.Find(Sha));
        Assert.Null(tokens.Find(new string('x', 1 << 16)));

        options.Tokens["other"] = new() { Sha256 = Sha.ToLowerInvariant(), Rights = ["Read"], Territory = ["all"] };
        Assert.False(new AccessTokenValidation().Validate(null, options).Succeeded);
    }
}
