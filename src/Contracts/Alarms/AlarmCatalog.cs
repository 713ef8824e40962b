using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Grid.Contracts.Alarms;

/// <summary>The alarms that ship: a definition for each condition of a device, for what is found across trades, and for what explains several alarms.</summary>
public static class AlarmCatalog
{
    /// <summary>Several light points of one cabinet fail together, and the cabinet says nothing of it.</summary>
    public const string FeedFailure = "feedFailure";

    /// <summary>Several devices behind one network gateway fall silent together.</summary>
    public const string GatewayOutage = "gatewayOutage";

    /// <summary>Several devices of one network server fall silent together.</summary>
    public const string NetworkOutage = "networkOutage";

    /// <summary>Every definition, the most urgent first.</summary>
    public static ImmutableArray<AlarmDefinition> All { get; } =
    [
        Define(
            "fire",
            AlarmPriority.Urgent,
            AlarmClass.Safety,
            TimeSpan.FromMinutes(15),
            new("Fire in a container", "Feu dans un conteneur"),
            new("The fire spreads to what stands beside it", "Le feu gagne ce qui l’entoure"),
            new("Call the fire brigade; keep people away", "Appeler les pompiers ; éloigner les passants")),
        Define(
            "leakage",
            AlarmPriority.Urgent,
            AlarmClass.Safety,
            TimeSpan.FromHours(1),
            new("Current leaks to earth", "Courant de fuite à la terre"),
            new("Touching a column may kill", "Toucher un mât peut être mortel"),
            new("Cut the segment; send an electrician", "Couper le départ ; envoyer un électricien")),
        Define(
            "burst",
            AlarmPriority.Urgent,
            AlarmClass.Service,
            TimeSpan.FromHours(1),
            new("Far more water flows than is used: a pipe has burst", "Débit bien au-delà de tout usage : conduite rompue"),
            new("Water is lost and the ground is washed out", "Pertes d’eau, le sol est emporté"),
            new("Close the valve; call the water service", "Fermer la vanne ; appeler le service des eaux")),
        Define(
            "frostRisk",
            AlarmPriority.Urgent,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("So cold indoors that pipes may freeze", "Température intérieure si basse que les conduites peuvent geler"),
            new("Pipes burst", "Les conduites éclatent"),
            new("Start the heating; empty what cannot be heated", "Relancer le chauffage ; vidanger ce qui ne peut être chauffé")),
        Define(
            "floodExposure",
            AlarmPriority.Urgent,
            AlarmClass.Environment,
            TimeSpan.FromHours(1),
            new("Rain or river rises where devices are exposed", "La pluie ou la rivière monte là où des équipements sont exposés"),
            new("What stands there is flooded", "Ce qui s’y trouve est inondé"),
            new("Move bins, close cellars, check pumps", "Déplacer les bacs, fermer les caves, vérifier les pompes")),
        Define(
            "supplyLoss",
            AlarmPriority.High,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("No mains supply", "Absence d’alimentation secteur"),
            new("The street is dark", "La rue est dans le noir"),
            new("Check the supply with the network operator", "Vérifier l’alimentation avec le gestionnaire de réseau")) with { OffDelay = TimeSpan.FromSeconds(60) },
        Define(
            "breakerTripped",
            AlarmPriority.High,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("A breaker has tripped", "Disjoncteur déclenché"),
            new("The segment stays dark", "Le départ reste éteint"),
            new("Find the fault before closing it again", "Chercher le défaut avant de réenclencher")),
        Define(
            "segmentUnexpectedOff",
            AlarmPriority.High,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("A segment is dark that its program has lit", "Départ éteint alors que son programme l’allume"),
            new("The street is dark", "La rue est dans le noir"),
            new("Check contactor and clock", "Vérifier contacteur et horloge")),
        Define(
            "feedFailure",
            AlarmPriority.High,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("Several light points of one cabinet fail together", "Plusieurs points lumineux d’une même armoire en défaut"),
            new("The street is dark", "La rue est dans le noir"),
            new("Check the cabinet before the lamps", "Vérifier l’armoire avant les lampes")),
        Define(
            "supplyOutage",
            AlarmPriority.High,
            AlarmClass.Service,
            TimeSpan.FromHours(4),
            new("Devices of several trades on one supply fell silent together", "Des équipements de plusieurs métiers sur une même alimentation se sont tus ensemble"),
            new("Everything behind it stands still", "Tout ce qui en dépend est arrêté"),
            new("Ask the network operator", "Interroger le gestionnaire de réseau")),
        Define(
            "gatewayOutage",
            AlarmPriority.High,
            AlarmClass.System,
            TimeSpan.FromHours(4),
            new("Several devices behind one network gateway fell silent", "Plusieurs équipements derrière une même passerelle se sont tus"),
            new("Nothing is heard of them, and no order reaches them", "Plus de mesures, aucun ordre ne passe"),
            new("Check the gateway’s power and link", "Vérifier l’alimentation et la liaison de la passerelle")),
        Define(
            "networkOutage",
            AlarmPriority.High,
            AlarmClass.System,
            TimeSpan.FromHours(4),
            new("Several devices of one network server fell silent", "Plusieurs équipements d’un même serveur de réseau se sont tus"),
            new("Nothing is heard of them, and no order reaches them", "Plus de mesures, aucun ordre ne passe"),
            new("Check the network server and its webhooks", "Vérifier le serveur de réseau et ses webhooks")),
        Define(
            "localLevel",
            AlarmPriority.High,
            AlarmClass.Environment,
            TimeSpan.FromHours(1),
            new("A local level is reached", "Un niveau local est atteint"),
            new("People and goods may be in danger", "Personnes et biens peuvent être en danger"),
            new("Follow the local plan", "Suivre le plan local")),
        Define(
            "rapidRise",
            AlarmPriority.High,
            AlarmClass.Environment,
            TimeSpan.FromHours(1),
            new("What is measured rises fast", "La mesure monte vite"),
            new("A level may be reached soon", "Un niveau peut être atteint bientôt"),
            new("Watch it; warn those downstream", "Surveiller ; prévenir l’aval")),
        Define(
            "doorOpen",
            AlarmPriority.High,
            AlarmClass.Security,
            TimeSpan.FromHours(2),
            new("The cabinet’s door stands open", "Porte de l’armoire ouverte"),
            new("Live parts can be touched", "Des pièces sous tension sont accessibles"),
            new("Close it, unless somebody works there", "La fermer, sauf intervention en cours")) with { OnDelay = TimeSpan.FromSeconds(300) },
        Define(
            "tipped",
            AlarmPriority.Medium,
            AlarmClass.Safety,
            TimeSpan.FromDays(1),
            new("A container has tipped over", "Conteneur renversé"),
            new("It blocks the way, its content spreads", "Il gêne le passage, son contenu se répand"),
            new("Set it up again", "Le redresser")),
        Define(
            "tamper",
            AlarmPriority.Medium,
            AlarmClass.Security,
            TimeSpan.FromDays(1),
            new("Somebody tampers with the meter", "Fraude ou manipulation du compteur"),
            new("What is counted is wrong", "Le comptage est faux"),
            new("Inspect the meter", "Inspecter le compteur")),
        Define(
            "backflow",
            AlarmPriority.Medium,
            AlarmClass.Safety,
            TimeSpan.FromDays(1),
            new("Water flows backwards", "Retour d’eau"),
            new("Drinking water may be soiled", "L’eau potable peut être polluée"),
            new("Check the non-return valve", "Vérifier le clapet anti-retour")),
        Define(
            "lampFailure",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(3),
            new("The lamp does not burn though it should", "Lampe éteinte alors qu’elle devrait éclairer"),
            new("A dark spot on the road", "Un point noir sur la voie"),
            new("Replace lamp or driver", "Remplacer la lampe ou l’alimentation")),
        Define(
            "segmentUnexpectedOn",
            AlarmPriority.Medium,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(3),
            new("A segment is lit that its program has dark", "Départ allumé alors que son programme l’éteint"),
            new("Energy is wasted", "Énergie gaspillée"),
            new("Check contactor and clock", "Vérifier contacteur et horloge")),
        Define(
            "consumptionUnexpected",
            AlarmPriority.Medium,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(3),
            new("The cabinet draws something else than its lamps should", "Consommation de l’armoire différente de celle de ses lampes"),
            new("Lamps are out, or somebody taps the line", "Des lampes sont éteintes ou la ligne est piratée"),
            new("Compare the lamps with the inventory", "Comparer les lampes à l’inventaire")),
        Define(
            "communicationLoss",
            AlarmPriority.Medium,
            AlarmClass.System,
            TimeSpan.FromDays(1),
            new("Nothing is heard of the device though it should speak", "Équipement muet alors qu’il devrait parler"),
            new("Its faults are not seen, orders do not reach it", "Ses défauts sont invisibles, les ordres ne passent pas"),
            new("Check its power and its network", "Vérifier son alimentation et son réseau")),
        Define(
            "discrepancy",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(1),
            new("It does not do what it was told", "L’équipement ne fait pas ce qui est demandé"),
            new("The plan is not obeyed", "Le plan n’est pas appliqué"),
            new("Look at the ledger of its last command", "Regarder le registre de son dernier ordre")),
        Define(
            "leak",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(3),
            new("Water flows all night: a leak", "L’eau coule toute la nuit : fuite"),
            new("Water and money are lost", "Perte d’eau et d’argent"),
            new("Look for it; tell the subscriber", "La rechercher ; prévenir l’abonné")),
        Define(
            "comfortBreach",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(1),
            new("Outside comfort while people are there", "Hors confort en présence d’occupants"),
            new("People are cold, hot, or breathe stale air", "Froid, chaleur ou air vicié"),
            new("Check heating and ventilation", "Vérifier chauffage et ventilation")) with { OffDelay = TimeSpan.FromSeconds(600) },
        Define(
            "usedWhileClosed",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(1),
            new("A closed building takes water, heat or power", "Bâtiment fermé qui consomme eau, chaleur ou électricité"),
            new("Something runs or leaks with nobody there", "Quelque chose tourne ou fuit sans personne"),
            new("Send somebody to look", "Envoyer quelqu’un sur place")),
        Define(
            "overflow",
            AlarmPriority.Medium,
            AlarmClass.Service,
            TimeSpan.FromDays(1),
            new("The container is full", "Conteneur plein"),
            new("Waste is left beside it", "Dépôts à côté"),
            new("Bring the collection forward", "Avancer la collecte")),
        Define(
            "lampUnexpectedOn",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(7),
            new("The lamp burns though it should not", "Lampe allumée alors qu’elle ne devrait pas"),
            new("Energy is wasted", "Énergie gaspillée"),
            new("Check controller and contactor", "Vérifier contrôleur et contacteur")),
        Define(
            "lampCycling",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(7),
            new("The lamp goes out and comes back", "Lampe qui s’éteint et se rallume"),
            new("It will fail soon", "Elle va bientôt tomber en panne"),
            new("Replace it", "La remplacer")),
        Define(
            "powerDrift",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(30),
            new("The lamp’s power is not what its dimming calls for", "Puissance différente de celle de sa gradation"),
            new("Its end is near", "Sa fin de vie approche"),
            new("Plan its replacement", "Planifier son remplacement")),
        Define(
            "presenceBoostMissing",
            AlarmPriority.Low,
            AlarmClass.Service,
            TimeSpan.FromDays(7),
            new("Somebody was there and it did not burn brighter", "Présence détectée sans montée de l’éclairage"),
            new("People walk in the dark", "On marche dans le noir"),
            new("Check detector and controller", "Vérifier détecteur et contrôleur")),
        Define(
            "abnormalConsumption",
            AlarmPriority.Low,
            AlarmClass.Service,
            TimeSpan.FromDays(7),
            new("Much more is counted than in comparable times", "Consommation bien au-dessus de périodes comparables"),
            new("A high bill", "Une facture élevée"),
            new("Tell the subscriber", "Prévenir l’abonné")),
        Define(
            "batteryLow",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(30),
            new("The battery wants changing", "Pile à remplacer"),
            new("The device will fall silent", "L’équipement va se taire"),
            new("Change it with the next round", "La changer à la prochaine tournée")) with { OffDelay = TimeSpan.FromSeconds(3600) },
        Define(
            "heatingUnoccupied",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(3),
            new("Heated while nobody is to be there", "Chauffé alors que personne ne doit s’y trouver"),
            new("Energy is wasted", "Énergie gaspillée"),
            new("Correct the heating’s clock", "Corriger la programmation du chauffage")),
        Define(
            "baseLoadHigh",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(7),
            new("By night it draws more than it should", "Talon de nuit trop élevé"),
            new("Energy is wasted", "Énergie gaspillée"),
            new("Find what is left on", "Chercher ce qui reste allumé")),
        Define(
            "energyDrift",
            AlarmPriority.Low,
            AlarmClass.Maintenance,
            TimeSpan.FromDays(7),
            new("It takes more than before in the same weather", "Consommation en dérive à météo égale"),
            new("Energy is wasted", "Énergie gaspillée"),
            new("Compare with what has changed since", "Comparer avec ce qui a changé depuis")),
    ];

    private static readonly FrozenDictionary<string, AlarmDefinition> ByCondition = All.ToFrozenDictionary(definition => definition.Condition, StringComparer.Ordinal);

    /// <summary>The definition of a condition; null for one that a rule has made.</summary>
    public static AlarmDefinition? Find(string condition) => ByCondition.GetValueOrDefault(condition);

    private static AlarmDefinition Define(
        string condition, AlarmPriority priority, AlarmClass alarmClass, TimeSpan timeToRespond, Wording message, Wording consequence, Wording action) => new()
        {
            Condition = condition,
            Priority = priority,
            Class = alarmClass,
            TimeToRespond = timeToRespond,
            Message = message,
            Consequence = consequence,
            Action = action,
        };
}
