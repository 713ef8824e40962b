using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;

namespace Grid.Client.Commands;

/// <summary>From what POST sends to a request for a device.</summary>
public static class CommandBinding
{
    private const int IdBytes = 16;
    private const int MaximumKeyLength = 255;

    private static readonly TimeSpan DefaultExpiry = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeastExpiry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GreatestExpiry = TimeSpan.FromDays(7);

    /// <summary>
    /// The command's id: the same for the same device, actor and key, so that a repeated request finds the command that it made. Without a
    /// key, a random one.
    /// </summary>
    public static string IdOf(string device, string actor, string? key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (key is null)
        {
            RandomNumberGenerator.Fill(hash);
        }
        else
        {
            // Lengths keep the three apart.
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{device.Length}:{device}{actor.Length}:{actor}{key}")), hash);
        }

        return Convert.ToHexStringLower(hash[..IdBytes]);
    }

    /// <summary>True for an idempotency key that can be kept: 1 to 255 visible ASCII characters.</summary>
    public static bool IsIdempotencyKey(string key) => key.Length is > 0 and <= MaximumKeyLength && key.All(character => character is > ' ' and < (char)127);

    /// <summary>The request, null when there are errors.</summary>
    public static CommandRequest? Bind(DeviceDescriptor device, string actor, CommandInput input, List<FieldError> errors)
    {
        if (input.Name is null || !CommandCatalog.ByName.TryGetValue((device.Kind, input.Name), out var command))
        {
            var known = CommandCatalog.All.Where(item => item.Kind == device.Kind).Select(item => item.Name).ToArray();
            errors.Add(new("name", $"is no command of a {Words<DeviceKind>.Of(device.Kind)}; {(known.Length == 0 ? "it has none" : $"one of {string.Join(' ', known)}")}"));
            return null;
        }

        var expiresIn = Expiry(input.ExpiresIn, errors);

        if (LayerOf(input.Layer) is not { } layer)
        {
            errors.Add(new("layer", "is none of override emergency"));
            return null;
        }

        var route = DownlinkRoute.Of(device.Connector);
        var arguments = Arguments(command.Name, command.Arguments, input.Args ?? [], errors);
        return errors.Count > 0 ? null : new()
        {
            Device = device.Id,
            Kind = device.Kind,
            Name = command.Name,
            Arguments = arguments,
            ExpiresIn = expiresIn,
            Actor = actor,
            Connector = route.Connector,
            Gateway = route.Gateway,
            Layer = layer,
        };
    }

    /// <summary>How long a command may take, with an error where that is no good.</summary>
    internal static TimeSpan Expiry(string? text, List<FieldError> errors)
    {
        var expiresIn = DefaultExpiry;
        if (text is not null && (!IsoDuration.TryParse(text, out expiresIn) || expiresIn < LeastExpiry || expiresIn > GreatestExpiry))
        {
            errors.Add(new("expiresIn", "is no ISO 8601 duration from PT1S to P7D"));
        }

        return expiresIn;
    }

    /// <summary>The layer of a word; null for one that no command may take.</summary>
    internal static ControlLayer? LayerOf(string? word) => word switch
    {
        null => ControlLayer.Override,
        _ => Words<ControlLayer>.TryParse(word, out var layer) && layer != ControlLayer.Plan ? layer : null,
    };

    /// <summary>The arguments, with an error for each that is missing, unknown or out of range.</summary>
    internal static ImmutableSortedDictionary<string, double> Arguments(
        string command, ImmutableArray<ArgumentDefinition> definitions, Dictionary<string, JsonElement> input, List<FieldError> errors)
    {
        var arguments = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var name in input.Keys.Where(name => definitions.All(argument => argument.Name != name)))
        {
            errors.Add(new($"args.{name}", $"is no argument of {command}"));
        }

        foreach (var argument in definitions)
        {
            var field = $"args.{argument.Name}";
            if (!input.TryGetValue(argument.Name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (argument.IsRequired)
                {
                    errors.Add(new(field, "is missing"));
                }

                continue;
            }

            double? number = value.ValueKind switch
            {
                JsonValueKind.Number when value.TryGetDouble(out var given) => given,
                JsonValueKind.True when argument is { Minimum: 0, Maximum: 1 } => 1,
                JsonValueKind.False when argument is { Minimum: 0, Maximum: 1 } => 0,
                _ => null,
            };
            if (number is { } taken && argument.Allows(taken))
            {
                arguments[argument.Name] = taken;
            }
            else
            {
                errors.Add(new(field, $"is no {argument.Rule}"));
            }
        }

        return arguments.ToImmutable();
    }
}
