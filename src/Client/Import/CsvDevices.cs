using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Grid.Contracts.Intake;

namespace Grid.Client.Import;

/// <summary>Devices of comma-separated values with a header; separated by semicolons or tabulators too, as spreadsheets write it.</summary>
internal static class CsvDevices
{
    /// <summary>More than a device has fields and attributes.</summary>
    private const int MostColumns = 128;

    /// <summary>What stands for bytes that are no UTF-8.</summary>
    private const char Undecodable = '\uFFFD';

    public static async IAsyncEnumerable<ImportedDevice> ReadAsync(Stream body, IRegistrar registrar, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isBad = false;
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            DetectDelimiter = true,
            DetectDelimiterValues = [",", ";", "\t"],
            TrimOptions = TrimOptions.Trim,
            BadDataFound = _ => isBad = true,
        };
        using var reader = new StreamReader(body, Encoding.UTF8, leaveOpen: true);
        using var csv = new CsvParser(reader, configuration, leaveOpen: true);
        if (!await csv.ReadAsync() || csv.Record is not { } header)
        {
            throw new ImportFormatException("body", "is empty; its first line names the columns");
        }

        Check(header);
        var device = new FlatDevice(registrar);
        var line = csv.RawRow + 1;
        while (await csv.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var record = csv.Record!;
            yield return isBad ? Unreadable("has a quotation mark where none may be; one within a quoted field is doubled")
                : record.Length != header.Length ? Unreadable(string.Create(CultureInfo.InvariantCulture, $"has {record.Length} fields and the header {header.Length}"))
                : record.Any(static field => field.Contains(Undecodable, StringComparison.Ordinal)) ? Unreadable("has characters that are no UTF-8; save the file as CSV UTF-8")
                : device.Read(line, header.Zip(record));
            (isBad, line) = (false, csv.RawRow + 1);
        }

        ImportedDevice Unreadable(string reason) => ImportedDevice.Unreadable(line, new("body", reason));
    }

    private static void Check(string[] header)
    {
        if (header.Length > MostColumns)
        {
            throw new ImportFormatException("header", $"names more than {MostColumns} columns");
        }

        foreach (var name in header)
        {
            if (!FlatDevice.IsField(name))
            {
                throw new ImportFormatException("header", $"names a column '{name}'; there are {FlatDevice.Fields}");
            }

            if (header.Count(other => other == name) > 1)
            {
                throw new ImportFormatException("header", $"names the column '{name}' twice");
            }
        }

        if (!header.Contains("id"))
        {
            throw new ImportFormatException("header", "names no column 'id'");
        }
    }
}
