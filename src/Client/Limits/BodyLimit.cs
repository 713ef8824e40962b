using Microsoft.AspNetCore.Http.Metadata;

namespace Grid.Client.Limits;

/// <summary>Bytes of a request's body on one route.</summary>
internal sealed class BodyLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}
