using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Grid.Client.Paging;

/// <summary>
/// Where a list goes on, as opaque text: the last key, bound to the list and its filter by a checksum, so that a cursor that was altered or
/// belongs to another query is refused. It grants nothing: rights are asked on every call.
/// </summary>
public static class PageCursor
{
    private const byte Version = 1;
    private const int HeaderLength = 9;
    private const int MaximumTextLength = 512;

    /// <summary>A cursor after a key.</summary>
    /// <param name="list">The list with its filter, such as <c>devices?kind=bin</c>.</param>
    /// <param name="after">The last key of the page.</param>
    public static string Encode(string list, string after)
    {
        var key = Encoding.UTF8.GetBytes(after);
        var bytes = new byte[HeaderLength + key.Length];
        bytes[0] = Version;
        Checksum(list, key, bytes.AsSpan(1, HeaderLength - 1));
        key.CopyTo(bytes, HeaderLength);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The key after which to go on; false for a text that is no cursor of this list.</summary>
    public static bool TryDecode(string list, string text, out string after)
    {
        after = "";
        if (text.Length is 0 or > MaximumTextLength || !Base64Url.IsValid(text))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length < HeaderLength || bytes[0] != Version)
        {
            return false;
        }

        var key = bytes.AsSpan(HeaderLength);
        Span<byte> checksum = stackalloc byte[HeaderLength - 1];
        Checksum(list, key, checksum);
        if (!checksum.SequenceEqual(bytes.AsSpan(1, HeaderLength - 1)))
        {
            return false;
        }

        after = Encoding.UTF8.GetString(key);
        return true;
    }

    private static void Checksum(string list, ReadOnlySpan<byte> key, Span<byte> checksum)
    {
        var listBytes = Encoding.UTF8.GetBytes(list);
        var input = new byte[listBytes.Length + 1 + key.Length];
        listBytes.CopyTo(input, 0);
        key.CopyTo(input.AsSpan(listBytes.Length + 1));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        hash[..checksum.Length].CopyTo(checksum);
    }
}
