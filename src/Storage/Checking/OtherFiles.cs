namespace Grid.Storage.Checking;

/// <summary>Looks at the small files beside the log and the stores.</summary>
internal static class OtherFiles
{
    private const string Token = "admin-token";
    private const int TokenCharacters = 43; // 32 bytes in Base64 for URLs

    public static void Run(CheckedFiles check)
    {
        if (check.Begin(Token) is not null && !IsToken(File.ReadAllText(Path.Combine(check.Directory, Token))))
        {
            check.Damage(Token, 0, "it holds no token of 43 characters of A-Z a-z 0-9 - _", "Nobody can sign in with it.", "Delete the file: the next start makes a new token and shows it once.");
        }
    }

    private static bool IsToken(string text) =>
        text.TrimEnd('\n') is { Length: TokenCharacters } token && token.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
