namespace Grid.Storage;

/// <summary>Why a notification expired, for people.</summary>
internal static class NotificationTexts
{
    public const string Displaced = "newer ones needed its place: too many wait for its endpoint";

    public const string Over = "its time was over before it could be delivered";
}
