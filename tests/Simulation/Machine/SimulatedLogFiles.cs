using Grid.Simulation.Faults;
using Grid.Storage.ReadingLog;

namespace Grid.Simulation.Machine;

/// <summary>The disk as one process sees it.</summary>
internal sealed class SimulatedLogFiles(World world, SimulatedDisk disk, Operations operations, TimeProvider clock) : ILogFiles, ILogPace
{
    // A commit: write and flush of an enterprise SSD.
    private static readonly TimeSpan Commit = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SlowCommit = TimeSpan.FromSeconds(3);

    public IReadOnlyList<string> List() => disk.List();

    public ILogFile Create(string name) => operations.Do($"create {name}", () => new File(world, operations, name, disk.Create(name)));

    public ILogFile Open(string name) => new File(world, operations, name, disk.Open(name));

    public void Rename(string from, string to) => operations.Do($"rename {to}", () => Done(() => disk.Rename(from, to)));

    public void Delete(string name) => operations.Do($"delete {name}", () => Done(() => disk.Delete(name)));

    public void Schedule(Action commit) => clock.CreateTimer(
        _ => commit(), null, operations.Fails(Fault.SlowStorage) ? SlowCommit : Commit, Timeout.InfiniteTimeSpan);

    private static bool Done(Action effect)
    {
        effect();
        return true;
    }

    private sealed class File(World world, Operations operations, string name, SimulatedDisk.Content content) : ILogFile
    {
        private readonly string _write = $"write {name}";

        public long Length => content.Length;

        public int Read(Span<byte> into, long position) => content.Read(into, position);

        public ValueTask<int> ReadAsync(Memory<byte> into, long position, CancellationToken cancellationToken) => new(content.Read(into.Span, position));

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            operations.Step(_write);
            world.Trace.Add("log write", name, bytes.Length, Trace.HashOf(bytes));
            content.Write(bytes, position);
            operations.Step(_write);
        }

        public void Truncate(long length) => operations.Do($"truncate {name}", () => Done(() => content.Truncate(length)));

        public void Sync()
        {
            if (operations.Fails(Fault.SyncError))
            {
                world.Trace.Add("sync error", name);
                world.LogFailed();
                if (operations.Happens(0.5))
                {
                    content.Sync();
                }

                throw new IOException($"fdatasync of {name} failed (injected).");
            }

            operations.Do($"sync {name}", () => Done(world.Plants.SkipsSync ? static () => { } : content.Sync));
        }

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
