using Grid.Storage;

namespace Grid.Silo.Maintenance;

/// <summary>Where the program that uses a data directory listens, noted in it so that commands find it.</summary>
internal static class ListeningAddress
{
    public static void Write(string data, string address) => File.WriteAllText(PathIn(data), address + "\n");

    /// <exception cref="DataDirectoryException">It is not noted.</exception>
    public static string Read(string data) =>
        File.Exists(PathIn(data)) && Uri.TryCreate(File.ReadAllText(PathIn(data)).Trim(), UriKind.Absolute, out var address)
            ? address.ToString()
            : throw new DataDirectoryException(data, "is in use by a program that is not ready yet; try again, or name its address with --url.");

    private static string PathIn(string data) => Path.Combine(data, DataDirectory.AddressName);
}
