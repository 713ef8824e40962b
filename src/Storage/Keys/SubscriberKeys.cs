using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grid.Contracts.Storage;
using Grid.Storage.Postgres;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Grid.Storage.Keys;

/// <summary>
/// Keys per subscriber in a directory of their own: AES-256-GCM, each key wrapped by a master key. The directory is made with the first
/// subscriber; where nobody has one, nothing is there. See docs/privacy.md.
/// </summary>
public sealed partial class SubscriberKeys : ISubscriberKeys, IDisposable
{
    private const byte Version = 1;
    private const int IdAt = 1;
    private const int NonceAt = 9;
    private const int NonceBytes = 12;
    private const int TagAt = NonceAt + NonceBytes;
    private const int TagBytes = 16;

    private readonly ISecretRandom _random;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly KeyMeter _meter = new();
    private readonly ConcurrentDictionary<UInt128, WrappedKey> _bySubscriber = new();
    private readonly ConcurrentDictionary<ulong, WrappedKey> _byId = new();
    private readonly ConcurrentDictionary<UInt128, DateTimeOffset> _erasedAt = new();
    private readonly Lock _writing = new();
    private string? _directory;
    private MasterKey? _master;
    private KeyFile? _file;
    private ErasureRegister? _register;
    private FileStream? _held;
    private int _erasedAgain;

    /// <param name="random">Where keys and nonces come from.</param>
    /// <param name="clock">For the times of keys and erasures.</param>
    /// <param name="logger">Log.</param>
    public SubscriberKeys(ISecretRandom random, TimeProvider clock, ILogger<SubscriberKeys> logger)
    {
        (_random, _clock, _logger) = (random, clock, logger);
        _meter.Observe(() => Counts);
    }

    /// <inheritdoc />
    public KeyCounts Counts => new(_bySubscriber.Count, _register?.Erasures.Count ?? 0, _erasedAgain);

    /// <summary>Id of the master key; null before there is one.</summary>
    internal string? MasterId => _master?.Id;

    /// <summary>Called with the id of a master key that is made, before anything is sealed with it; what it throws is thrown to who asked for a key.</summary>
    internal Action<string>? MasterMade { get; set; }

    /// <summary>Keys that live as long as the object: for a simulation and for tests of what lies above.</summary>
    public static SubscriberKeys InMemory(ISecretRandom random, TimeProvider clock)
    {
        var keys = new SubscriberKeys(random, clock, NullLogger<SubscriberKeys>.Instance);
        (keys._master, keys._file, keys._register) = (MasterKey.Fleeting(random), KeyFile.InMemory(), ErasureRegister.InMemory());
        return keys;
    }

    /// <summary>Reads the keys, and destroys again what an older copy of them has brought back.</summary>
    /// <param name="dataDirectory">The data directory; it exists.</param>
    /// <param name="keysDirectory">Where the keys are, or will be.</param>
    /// <param name="newerRegister">A register of erasures that is newer than both; null for none.</param>
    /// <exception cref="DataDirectoryException">The data were sealed with keys that are not there, or another process uses the keys.</exception>
    /// <exception cref="StoreDamagedException">A file of keys is damaged.</exception>
    public void Open(string dataDirectory, string keysDirectory, string? newerRegister = null)
    {
        lock (_writing)
        {
            _directory = keysDirectory;
            if (Directory.Exists(keysDirectory))
            {
                _held = KeyFiles.Hold(keysDirectory);
            }

            _register = ErasureRegister.Load(dataDirectory, keysDirectory);
            if (newerRegister is not null)
            {
                _register.Merge(newerRegister);
            }

            _master = MasterKey.Load(keysDirectory);
            RequireMaster(dataDirectory, keysDirectory, _register, _master);

            foreach (var erasure in _register.Erasures.Values)
            {
                Note(erasure);
            }

            if (_master is null)
            {
                return;
            }

            LoadKeys(keysDirectory, _register, _master);
            _register.Write(_master.Id); // Both copies say the same from here on.
        }
    }

    /// <summary>Looks at keys and registers without a change to them, as <see cref="Open(string, string, string?)"/> would read them.</summary>
    /// <exception cref="DataDirectoryException">The data were sealed with keys that are not there.</exception>
    /// <exception cref="StoreDamagedException">A file of keys is damaged.</exception>
    /// <returns>Keys that are there.</returns>
    internal static int Inspect(string dataDirectory, string keysDirectory)
    {
        var register = ErasureRegister.Load(dataDirectory, keysDirectory);
        RequireMaster(dataDirectory, keysDirectory, register, MasterKey.Load(keysDirectory));
        var erased = register.Erasures.Values.Select(erasure => erasure.Slot).ToHashSet();
        var rows = KeyRows.Read(keysDirectory, erased.Contains);
        return rows.Damage is { } damage ? throw new StoreDamagedException(Path.Combine(keysDirectory, KeyFile.FileName), damage) : rows.Keys.Count;
    }

    /// <inheritdoc />
    public ValueTask EnsureAsync(IReadOnlyCollection<string> subscribers, CancellationToken cancellationToken)
    {
        if (subscribers.All(Has))
        {
            return ValueTask.CompletedTask;
        }

        lock (_writing)
        {
            var master = _master ??= CreateMaster();
            var file = _file ??= KeyFile.Open(_directory!, static _ => false, static _ => { });
            var now = _clock.GetUtcNow();
            var first = file.Next;
            WrappedKey[] made =
            [
                .. subscribers.Select(master.PseudonymOf).Distinct().Where(pseudonym => !_bySubscriber.ContainsKey(pseudonym))
                    .Select((pseudonym, index) => WrappedKey.Create(pseudonym, NewId(), now, first, first + index, master, _random)),
            ];
            file.Append(made);
            foreach (var key in made)
            {
                _byId[key.Id] = key;
                _bySubscriber[key.Pseudonym] = key;
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public bool Has(string subscriber) => _master is { } master && _bySubscriber.ContainsKey(master.PseudonymOf(subscriber));

    /// <inheritdoc />
    public byte[]? Seal(string subscriber, string device, string place, ReadOnlySpan<byte> plain) =>
        Seal(_master?.PseudonymOf(subscriber), device, place, plain);

    /// <summary>Seals for the subscriber of a pseudonym.</summary>
    internal byte[]? SealForPseudonym(string pseudonym, string device, string place, ReadOnlySpan<byte> plain) =>
        Seal(UInt128.TryParse(pseudonym, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var known) ? known : null, device, place, plain);

    private byte[]? Seal(UInt128? pseudonym, string device, string place, ReadOnlySpan<byte> plain)
    {
        if (pseudonym is not { } known || _master is not { } master || !_bySubscriber.TryGetValue(known, out var key))
        {
            _meter.NotSealed();
            return null;
        }

        var bytes = new byte[SealedBytes.Overhead + plain.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(IdAt), key.Id);
        _random.Fill(bytes.AsSpan(NonceAt, NonceBytes));
        if (!key.TryEncrypt(
            master, bytes.AsSpan(NonceAt, NonceBytes), plain, bytes.AsSpan(SealedBytes.Overhead), bytes.AsSpan(TagAt, TagBytes), Associated(device, place)))
        {
            _meter.NotSealed();
            return null;
        }

        _meter.Sealed();
        return bytes;
    }

    /// <inheritdoc />
    public byte[]? Open(string device, string place, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < SealedBytes.Overhead || sealedBytes[0] != Version)
        {
            throw new SealBrokenException(device, place, "it has not the form of sealed bytes");
        }

        var plain = new byte[sealedBytes.Length - SealedBytes.Overhead];
        var id = BinaryPrimitives.ReadUInt64BigEndian(sealedBytes[IdAt..]);
        try
        {
            if (_master is { } master && _byId.TryGetValue(id, out var key) && key.TryDecrypt(
                master,
                sealedBytes.Slice(NonceAt, NonceBytes),
                sealedBytes[SealedBytes.Overhead..],
                sealedBytes.Slice(TagAt, TagBytes),
                plain,
                Associated(device, place)))
            {
                _meter.Opened();
                return plain;
            }
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SealBrokenException(device, place, "it is damaged, or was sealed for another device or place");
        }

        if (_register?.Erasures.ContainsKey(id) == true)
        {
            _meter.Erased();
        }
        else
        {
            // Never destroyed and not there: the keys are older than the data. Told, and read as erased: the rest must go on.
            _meter.KeyMissing();
            LogKeyMissing(_logger, id, device, place);
        }

        return null;
    }

    /// <inheritdoc />
    public Task<bool> DestroyAsync(string subscriber, CancellationToken cancellationToken)
    {
        lock (_writing)
        {
            if (_master is not { } master || !_bySubscriber.TryGetValue(master.PseudonymOf(subscriber), out var key))
            {
                return Task.FromResult(false);
            }

            // The register first: from then on the key is destroyed at the latest by the next start.
            var erasure = new Erasure(key.Id, key.Pseudonym, key.Slot, _clock.GetUtcNow());
            _register!.Add(master.Id, [erasure]);
            Forget(key);
            Note(erasure);
            _file!.Wipe([key.Slot]);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc />
    public DateTimeOffset? ErasedAt(string subscriber) =>
        _master is { } master && _erasedAt.TryGetValue(master.PseudonymOf(subscriber), out var at) ? at : null;

    /// <inheritdoc />
    public string PseudonymOf(string subscriber)
    {
        lock (_writing)
        {
            return (_master ??= CreateMaster()).PseudonymOf(subscriber).ToString("x32", CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_writing)
        {
            _file?.Dispose();
            _held?.Dispose();
        }

        _meter.Dispose();
    }

    private static byte[] Associated(string device, string place) => Encoding.UTF8.GetBytes($"{device}\n{place}");

    private static void RequireMaster(string dataDirectory, string keysDirectory, ErasureRegister register, MasterKey? master)
    {
        if (register.Master is { } sealedWith && master?.Id != sealedWith)
        {
            throw new DataDirectoryException(
                dataDirectory,
                $"was sealed with the master key {sealedWith}, and {keysDirectory} holds {(master is null ? "none" : $"another ({master.Id})")}. Bring back the keys that belong to it. "
                + $"Remove {ErasureRegister.FileName} from both directories only to give up for ever what is sealed.");
        }
    }

    private MasterKey CreateMaster()
    {
        var directory = _directory ?? throw new InvalidOperationException("The keys are not open.");
        DataDirectory.Create(directory);
        _held ??= KeyFiles.Hold(directory);

        // One whose making was cut short is taken again: nothing is sealed with it.
        var master = MasterKey.Load(directory) ?? MasterKey.Create(directory, _random);
        try
        {
            MasterMade?.Invoke(master.Id);
        }
        catch (DatabaseUnusableException refusal)
        {
            // Refused for good: it must not stand in the way of the keys that are to be brought here.
            File.Delete(Path.Combine(directory, MasterKey.FileName));
            throw new KeysElsewhereException(refusal.Message, refusal);
        }

        _register!.Write(master.Id);
        return master;
    }

    private void LoadKeys(string directory, ErasureRegister register, MasterKey master)
    {
        var erasedSlots = register.Erasures.Values.Select(erasure => erasure.Slot).ToHashSet();
        var returned = new List<int>();
        _file = KeyFile.Open(directory, erasedSlots.Contains, key =>
        {
            if (register.Erasures.ContainsKey(key.Id))
            {
                returned.Add(key.Slot);
                return;
            }

            _byId[key.Id] = key;
            _bySubscriber[key.Pseudonym] = key;
        });
        if (returned.Count > 0)
        {
            _file.Wipe(returned);
            _erasedAgain = returned.Count;
            LogErasedAgain(_logger, returned.Count);
        }
    }

    private ulong NewId()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        ulong id;
        do
        {
            _random.Fill(bytes);
            id = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        }
        while (_byId.ContainsKey(id) || _register!.Erasures.ContainsKey(id));
        return id;
    }

    private void Forget(WrappedKey key)
    {
        _bySubscriber.TryRemove(KeyValuePair.Create(key.Pseudonym, key));
        _byId.TryRemove(KeyValuePair.Create(key.Id, key));
        key.Destroy();
    }

    private void Note(in Erasure erasure)
    {
        if (!_erasedAt.TryGetValue(erasure.Pseudonym, out var former) || former < erasure.At)
        {
            _erasedAt[erasure.Pseudonym] = erasure.At;
        }
    }

    [LoggerMessage(EventId = 1300, Level = LogLevel.Warning, Message = "{Count} keys that an older copy had brought back were destroyed again, as the register of erasures says")]
    private static partial void LogErasedAgain(ILogger logger, int count);

    [LoggerMessage(EventId = 1301, Level = LogLevel.Error, Message = "Key {Key}, which sealed something of {Device} in {Place}, is missing and was never destroyed: the keys are older than the data")]
    private static partial void LogKeyMissing(ILogger logger, ulong key, string device, string place);
}
