using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Grid.Client.Settings;

namespace Grid.Client.Authentication;

/// <summary>
/// The administrator's token: 32 random bytes, kept in <c>{Grid:Data}/admin-token</c>, readable by its owner only. Holds a hash of it in memory,
/// and the token itself only until the first sign-in link was shown.
/// </summary>
public sealed class AdministratorToken
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "admin-token";

    private const int TokenBytes = 32;
    private const int MaximumFileBytes = 4096;

    private readonly byte[] _hash;
    private string? _firstToken;

    private AdministratorToken(string token, bool isNew)
    {
        _hash = Hash(token);
        _firstToken = isNew ? token : null;
    }

    /// <summary>Reads the token, or makes one when there is none.</summary>
    /// <param name="dataDirectory">The data directory; it exists.</param>
    /// <exception cref="GatewaySettingException">The file holds no token.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static AdministratorToken LoadOrCreate(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path) && TryCreate(path, out var created))
        {
            return new(created, isNew: true);
        }

        var length = new FileInfo(path).Length;
        var token = length > MaximumFileBytes ? "" : File.ReadAllText(path).Trim();
        return token.Length >= TokenBytes
            ? new(token, isNew: false)
            : throw new GatewaySettingException("Grid:Data", dataDirectory, $"its {FileName} holds no token; remove the file to have a new one made");
    }

    /// <summary>True when this is the token; takes the same time whatever the difference.</summary>
    public bool Matches(string candidate) => CryptographicOperations.FixedTimeEquals(Hash(candidate), _hash);

    /// <summary>The sign-in link of a token made by this start, once; null afterwards, and when the token existed.</summary>
    /// <param name="address">The address that people use, such as <c>http://127.0.0.1:5080</c>.</param>
    public string? TakeSignInLink(string address)
    {
        var token = Interlocked.Exchange(ref _firstToken, null);
        return token is null ? null : $"{address.TrimEnd('/')}/#token={token}";
    }

    private static bool TryCreate(string path, out string token)
    {
        token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var draft = $"{path}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        File.Delete(draft);
        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.ASCII.GetBytes(token + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            // Whole or not at all, and never in place of another's.
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
