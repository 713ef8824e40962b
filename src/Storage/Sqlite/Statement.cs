using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Grid.Storage.Sqlite;

/// <summary>
/// A prepared statement, bound by position from 1 and read by column from 0. Straight over SQLite's own calls: a row costs no object, and a
/// blob is read where it lies. Dispose makes it ready for the next use; the session closes it.
/// </summary>
internal sealed class Statement(sqlite3 database, sqlite3_stmt handle) : IDisposable
{
    private bool _isDone;

    public Statement Bind(int index, long value) => Checked(raw.sqlite3_bind_int64(handle, index, value));

    public Statement Bind(int index, long? value) => value is { } given ? Bind(index, given) : Null(index);

    public Statement Bind(int index, double? value) => value is { } given ? Checked(raw.sqlite3_bind_double(handle, index, given)) : Null(index);

    public Statement Bind(int index, string? value) => value is null ? Null(index) : Checked(raw.sqlite3_bind_text(handle, index, value));

    public Statement Bind(int index, ReadOnlySpan<byte> value) => Checked(raw.sqlite3_bind_blob(handle, index, value));

    /// <summary>A text that is in UTF-8 already.</summary>
    public Statement BindText(int index, ReadOnlySpan<byte> utf8) => Checked(raw.sqlite3_bind_text(handle, index, utf8));

    private Statement Null(int index) => Checked(raw.sqlite3_bind_null(handle, index));

    /// <summary>Moves to the next row; false when there is none.</summary>
    public bool Step()
    {
        if (_isDone)
        {
            return false;
        }

        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        _isDone = true;
        return code == raw.SQLITE_DONE ? false : throw Failed(code);
    }

    /// <summary>Runs it to its end and makes it ready for the next use; how many rows it changed.</summary>
    public int Run()
    {
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(database);
        }
        finally
        {
            Dispose();
        }
    }

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public double Double(int column) => raw.sqlite3_column_double(handle, column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    /// <summary>Valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose()
    {
        // The result of a reset repeats the error of the step before it, which was thrown there.
        _ = raw.sqlite3_reset(handle);
        _ = raw.sqlite3_clear_bindings(handle);
        _isDone = false;
    }

    public void Close() => handle.Dispose();

    private Statement Checked(int code) => code == raw.SQLITE_OK ? this : throw Failed(code);

    private SqliteException Failed(int code) =>
        new($"SQLite error {code}: {raw.sqlite3_errmsg(database).utf8_to_string()}", code, raw.sqlite3_extended_errcode(database));
}
