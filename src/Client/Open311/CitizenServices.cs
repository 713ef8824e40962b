using System.Collections.Immutable;
using Grid.Contracts.Devices;
using Grid.Contracts.Interventions;

namespace Grid.Client.Open311;

/// <summary>A question that a service asks.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Description">What is asked, in French; or, when nothing is, what the citizen is told.</param>
internal sealed record ServiceQuestion(string Code, string Description)
{
    /// <summary>False for what is only told.</summary>
    public bool IsAsked { get; init; } = true;

    /// <summary>True when it must be answered.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The answers to choose from, by key; empty for free text.</summary>
    public ImmutableArray<(string Key, string Name)> Answers { get; init; } = [];

    /// <summary>True when several may be chosen.</summary>
    public bool TakesSeveral { get; init; }

    /// <summary>The type, as GeoReport v2 names it.</summary>
    public string DataType => Answers.IsEmpty ? "string" : TakesSeveral ? "multivaluelist" : "singlevaluelist";
}

/// <summary>Something that a citizen may report.</summary>
/// <param name="Code">Its code: it never changes.</param>
/// <param name="Name">Its name, in French.</param>
/// <param name="Description">What it is about, in French.</param>
/// <param name="Kind">The kind of device that it is about.</param>
/// <param name="Priority">How much its orders press.</param>
/// <param name="Group">Its trade, in French.</param>
/// <param name="Keywords">Words to find it by, with commas.</param>
internal sealed record CitizenService(string Code, string Name, string Description, DeviceKind Kind, WorkOrderPriority Priority, string Group, string Keywords)
{
    /// <summary>Its questions.</summary>
    public ImmutableArray<ServiceQuestion> Questions { get; init; } = [];
}

/// <summary>What citizens may report: the trades whose devices stand in the street.</summary>
internal static class CitizenServices
{
    private const string Lighting = "Éclairage public";
    private const string Waste = "Déchets";
    private const string Water = "Eau";

    private static readonly ServiceQuestion LampNumber = new("lampNumber", "Numéro inscrit sur le mât, s'il y en a un");

    /// <summary>Every service, by code.</summary>
    public static ImmutableArray<CitizenService> All { get; } =
    [
        new("binDamaged", "Conteneur abîmé ou renversé", "Un conteneur public est cassé, renversé ou déplacé.", DeviceKind.Bin, WorkOrderPriority.Medium, Waste, "poubelle, conteneur, cassé, renversé"),
        new("binFull", "Conteneur plein", "Un conteneur public déborde ou ne peut plus rien recevoir.", DeviceKind.Bin, WorkOrderPriority.Medium, Waste, "poubelle, conteneur, plein, déborde")
        {
            Questions = [new("stream", "Que reçoit le conteneur ?") { TakesSeveral = true, Answers = [("glass", "Verre"), ("packaging", "Emballages"), ("paper", "Papier"), ("residual", "Ordures ménagères")] }],
        },
        new("cabinetOpen", "Armoire électrique ouverte ou abîmée", "Une armoire d'éclairage public est ouverte, forcée ou heurtée.", DeviceKind.Cabinet, WorkOrderPriority.Urgent, Lighting, "armoire, électricité, danger, câble")
        {
            Questions =
            [
                new("warning", "Ne touchez à rien et restez à distance. En cas de danger immédiat, appelez le 112.") { IsAsked = false },
                new("bareWires", "Des câbles sont-ils visibles ?") { IsRequired = true, Answers = [("yes", "Oui"), ("no", "Non"), ("unknown", "Je ne sais pas")] },
            ],
        },
        new("lampDamaged", "Lampadaire abîmé ou dangereux", "Un mât ou une lanterne est heurté, penché, ouvert ou menace de tomber.", DeviceKind.Streetlight, WorkOrderPriority.Urgent, Lighting, "lampadaire, mât, danger, choc")
        {
            Questions = [LampNumber],
        },
        new("lampOnByDay", "Lampadaire allumé en plein jour", "Un ou plusieurs lampadaires restent allumés le jour.", DeviceKind.Streetlight, WorkOrderPriority.Low, Lighting, "lampadaire, jour, allumé")
        {
            Questions = [LampNumber],
        },
        new("lampOut", "Lampadaire éteint ou qui clignote", "Un ou plusieurs lampadaires ne s'allument pas la nuit, ou clignotent.", DeviceKind.Streetlight, WorkOrderPriority.Medium, Lighting, "lampadaire, panne, éteint, clignote")
        {
            Questions = [new("extent", "Combien de lampadaires sont concernés ?") { IsRequired = true, Answers = [("one", "Un seul"), ("several", "Plusieurs"), ("street", "Toute la rue")] }, LampNumber],
        },
        new("waterLeak", "Fuite d'eau dans la rue", "De l'eau coule sur la voie publique ou sort du sol.", DeviceKind.Meter, WorkOrderPriority.High, Water, "eau, fuite, canalisation")
        {
            Questions = [new("flow", "Comment l'eau coule-t-elle ?") { Answers = [("drops", "Goutte à goutte"), ("stream", "En filet"), ("flood", "Elle inonde la chaussée")] }],
        },
    ];

    /// <summary>The service of that code, null when there is none.</summary>
    public static CitizenService? Find(string? code) => All.FirstOrDefault(service => service.Code == code);
}
