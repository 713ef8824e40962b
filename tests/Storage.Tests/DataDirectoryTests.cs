using Grid.Storage;

namespace Grid.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string New => Path.Combine(_directory.Path, "data");

    [Fact]
    public void A_missing_directory_is_made_and_nobody_else_can_read_it()
    {
        using var data = DataDirectory.Open(New);

        Assert.Equal("grid-data 2\n", File.ReadAllText(Path.Combine(New, "format")));
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            foreach (var path in Directory.EnumerateFileSystemEntries(New, "*", SearchOption.AllDirectories).Append(New))
            {
                Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & Others);
            }
        }
    }

    [Fact]
    public void A_directory_in_use_is_refused_by_name_with_who_has_it_and_taken_once_it_is_free()
    {
        using (DataDirectory.Open(New))
        {
            var error = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(New));
            Assert.Contains(New, error.Message);
            Assert.Contains($"in use by another process (id {Environment.ProcessId})", error.Message);
        }

        DataDirectory.Open(New).Dispose();
    }

    [Theory]
    [InlineData("grid-data 0")]
    [InlineData("grid-data 3")]
    [InlineData("grid-data 10")]
    [InlineData("")]
    [InlineData("something else\nof two lines")]
    public void An_unknown_format_is_refused_and_nothing_is_touched(string format)
    {
        Directory.CreateDirectory(New);
        File.WriteAllText(Path.Combine(New, "format"), format);

        var error = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(New));

        Assert.Contains(New, error.Message);
        Assert.DoesNotContain("\n", error.Message);
        Assert.Equal([Path.Combine(New, "format")], Directory.EnumerateFileSystemEntries(New));
        Assert.Equal(format, File.ReadAllText(Path.Combine(New, "format")));
    }

    [Fact]
    public void A_directory_with_something_else_in_it_is_refused_and_nothing_is_touched()
    {
        Directory.CreateDirectory(New);
        File.WriteAllText(Path.Combine(New, "thesis.odt"), "mine");

        var error = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(New));

        Assert.Contains("thesis.odt", error.Message);
        Assert.Equal([Path.Combine(New, "thesis.odt")], Directory.EnumerateFileSystemEntries(New));
    }

    [Fact]
    public void A_directory_that_cannot_be_made_gives_one_clear_line()
    {
        var file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "");

        foreach (var path in (string[])[file, Path.Combine(file, "data")])
        {
            var error = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(path));
            Assert.StartsWith($"Data directory {path} ", error.Message);
            Assert.DoesNotContain("\n", error.Message);
        }
    }

    [Fact]
    public void A_start_that_died_before_the_format_was_written_is_made_again()
    {
        Directory.CreateDirectory(New);
        File.WriteAllText(Path.Combine(New, "format.new"), "grid");
        File.WriteAllText(Path.Combine(New, "lock"), "1");

        DataDirectory.Open(New).Dispose();

        Assert.True(File.Exists(Path.Combine(New, "format")));
    }
}
