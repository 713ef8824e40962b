using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Storage;
using Grid.Storage.Codec;

namespace Grid.Storage.Privacy;

/// <summary>Descriptors of persons' devices as they are stored: what is not personal in the clear, all of it sealed in one attribute.</summary>
internal sealed class SealedDescriptors(ISubscriberKeys keys, string place)
{
    /// <summary>What may be stored; a device that is nobody's as it is.</summary>
    public DeviceDescriptor Protect(DeviceDescriptor device)
    {
        if (PersonalData.SubscriberOf(device) is not { } subscriber)
        {
            return device;
        }

        using var writer = new ByteWriter(512);
        DescriptorCodec.Write(writer, device);
        var bare = PersonalData.WithoutPersonal(device);
        return keys.Seal(subscriber, device.Id, place, writer.Written) is { } bytes
            ? bare with { Attributes = bare.Attributes.SetItem(PersonalData.Sealed, AttributeValue.Of(Convert.ToBase64String(bytes))) }
            : bare;
    }

    /// <summary>What was registered; where the key is destroyed, what is not personal of it.</summary>
    /// <exception cref="StoreDamagedException">The sealed part is not what was written.</exception>
    public DeviceDescriptor Open(DeviceDescriptor device)
    {
        if (device.Text(PersonalData.Sealed) is not { } text)
        {
            return device;
        }

        try
        {
            if (keys.Open(device.Id, place, Convert.FromBase64String(text)) is { } plain)
            {
                var reader = new ByteReader(plain);
                return DescriptorCodec.Read(ref reader);
            }
        }
        catch (Exception broken) when (broken is SealBrokenException or FormatException or CodecException)
        {
            throw new StoreDamagedException(place, $"the sealed part of device {device.Id}: {broken.Message}", broken);
        }

        return device with { Attributes = device.Attributes.Remove(PersonalData.Sealed) };
    }

    public DeviceRecord Open(DeviceRecord record)
    {
        var opened = Open(record.Descriptor);
        return ReferenceEquals(opened, record.Descriptor) ? record : record with { Descriptor = opened };
    }
}
