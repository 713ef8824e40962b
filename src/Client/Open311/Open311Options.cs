using System.ComponentModel.DataAnnotations;

namespace Grid.Client.Open311;

/// <summary>The face for citizens' reports; section <c>Grid:Open311</c>. Closed as long as no key is set.</summary>
public sealed class Open311Options
{
    /// <summary>The key with which an application may report, 16 to 200 characters; without it the whole face is closed. Never logged.</summary>
    [StringLength(200, MinimumLength = 16)]
    public string? ApiKey { get; set; }

    /// <summary>The jurisdiction, such as <c>finistere.example</c>; a request that names another one is refused. None: whatever is named is ignored.</summary>
    [StringLength(200)]
    public string? Jurisdiction { get; set; }

    /// <summary>Whom to ask about this face and its key, for people.</summary>
    [StringLength(500)]
    public string Contact { get; set; } = "";

    /// <summary>The address under which applications reach this face, for discovery; none: that of the request.</summary>
    [StringLength(500)]
    public string? PublicUrl { get; set; }

    /// <summary>A report is joined to the nearest device of its kind that is at most this far away, in metres; 1 to 500, default 50.</summary>
    [Range(1, 500)]
    public int NearestMetres { get; set; } = 50;

    /// <summary>Reports a minute from one address; 1 to 10,000, default 20. Beyond it, 429.</summary>
    [Range(1, 10_000)]
    public int ReportsPerMinute { get; set; } = 20;

    /// <summary>Other requests a minute from one address; 1 to 100,000, default 300. Beyond it, 429.</summary>
    [Range(1, 100_000)]
    public int RequestsPerMinute { get; set; } = 300;
}
