using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Grid.Client.Open311;

/// <summary>
/// A document of GeoReport v2 in either of its forms, from one tree. In JSON it is the tree. In XML an object is an element for each member, an array an element for each item, named after
/// the array in the singular, and null an empty element.
/// </summary>
/// <param name="Root">Name of the root element, such as <c>services</c>.</param>
/// <param name="Tree">What is in it.</param>
internal sealed record Open311Document(string Root, JsonNode Tree)
{
    private const string Xml = "xml";

    /// <summary>The document as an answer.</summary>
    public IResult In(string format, int status = StatusCodes.Status200OK) => format == Xml
        ? Results.Text(ToXml(), "text/xml; charset=utf-8", Encoding.UTF8, status)
        : Results.Text(Tree.ToJsonString(), "application/json; charset=utf-8", Encoding.UTF8, status);

    private string ToXml()
    {
        using var text = new Utf8Text();
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { Indent = false, CheckCharacters = true }))
        {
            writer.WriteStartDocument();
            Write(writer, Root, Tree);
            writer.WriteEndDocument();
        }

        return text.ToString();
    }

    private static void Write(XmlWriter writer, string name, JsonNode? node)
    {
        writer.WriteStartElement(name);
        switch (node)
        {
            case JsonObject members:
                foreach (var (member, value) in members)
                {
                    Write(writer, member, value);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Write(writer, SingularOf(name), item);
                }

                break;
            case null:
                break;
            default:
                writer.WriteString(TextOf(node));
                break;
        }

        writer.WriteEndElement();
    }

    private static string SingularOf(string name) => name switch
    {
        "service_requests" => "request",
        _ when name.EndsWith('s') => name[..^1],
        _ => throw new InvalidOperationException($"{name} is no plural."),
    };

    private static string TextOf(JsonNode node) => node.GetValueKind() == System.Text.Json.JsonValueKind.String ? Clean(node.GetValue<string>()) : node.ToJsonString();

    /// <summary>Without the characters that XML cannot say.</summary>
    private static string Clean(string text) => text.All(XmlConvert.IsXmlChar) ? text : new string([.. text.Where(XmlConvert.IsXmlChar)]);

    private sealed class Utf8Text : StringWriter
    {
        public Utf8Text()
            : base(System.Globalization.CultureInfo.InvariantCulture)
        {
        }

        public override Encoding Encoding => Encoding.UTF8;
    }
}
