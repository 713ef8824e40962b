using Grid.Client.Errors;
using Grid.Client.Json;
using Grid.Client.Paging;
using Grid.Contracts.Commands;
using Grid.Contracts.Devices;
using Grid.Contracts.Sectors;

namespace Grid.Client.Commands;

/// <summary>From what POST sends to a request for many devices. Who the members are, and whether there are any, is for the command to find.</summary>
internal static class GroupCommandBinding
{
    /// <summary>The request, null when there are errors.</summary>
    public static GroupRequest? Bind(string actor, GroupCommandInput input, List<FieldError> errors)
    {
        var selector = Selector(input.Selector, errors);
        var expiresIn = CommandBinding.Expiry(input.ExpiresIn, errors);
        if (CommandBinding.LayerOf(input.Layer) is not { } layer)
        {
            errors.Add(new("layer", "is none of override emergency"));
            return null;
        }

        if (input.Name is null || !GroupCatalog.ByName.TryGetValue(input.Name, out var command))
        {
            errors.Add(new("name", $"is no command of a group; one of {string.Join(' ', GroupCatalog.ByName.Keys.Order(StringComparer.Ordinal))}"));
            return null;
        }

        var arguments = CommandBinding.Arguments(command.Name, command.Arguments, input.Args ?? [], errors);
        return errors.Count > 0 ? null : new()
        {
            Selector = selector,
            Name = command.Name,
            Arguments = arguments,
            ExpiresIn = expiresIn,
            Actor = actor,
            Layer = layer,
        };
    }

    private static GroupSelector Selector(GroupSelectorModel? input, List<FieldError> errors)
    {
        if (input is null)
        {
            errors.Add(new("selector", "is missing"));
            return new();
        }

        var kind = default(DeviceKind?);
        if (input.Kind is not null)
        {
            if (Words<DeviceKind>.TryParse(input.Kind, out var known))
            {
                kind = known;
            }
            else
            {
                errors.Add(new("selector.kind", $"is none of {Words<DeviceKind>.All}"));
            }
        }

        var box = default(BoundingBox?);
        if (input.Bbox is not null)
        {
            if (BoxText.TryMake([.. input.Bbox], out var made))
            {
                box = made;
            }
            else
            {
                errors.Add(new("selector.bbox", BoxText.Rule));
            }
        }

        if (input.Ids?.Any(string.IsNullOrEmpty) == true)
        {
            errors.Add(new("selector.ids", "has an empty key"));
        }

        return new()
        {
            Commune = Given(input.Commune),
            Syndicate = Given(input.Syndicate),
            Department = Given(input.Department),
            Ids = input.Ids is null ? [] : [.. input.Ids],
            Kind = kind,
            Box = box,
        };
    }

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
