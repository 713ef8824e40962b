namespace Grid.Client.Settings;

/// <summary>A setting with which the program cannot start. Its message is one line for people.</summary>
/// <param name="name">The setting, such as <c>Grid:Auth:Mode</c>.</param>
/// <param name="value">Its value; never a secret.</param>
/// <param name="reason">What is wrong with it, and what would be right.</param>
public sealed class GatewaySettingException(string name, string value, string reason) : Exception($"{name}={value}: {reason}")
{
    /// <summary>The setting.</summary>
    public string Name { get; } = name;
}
