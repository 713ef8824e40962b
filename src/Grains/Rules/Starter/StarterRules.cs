using System.Collections.Immutable;
using Grid.Contracts.Rules;

namespace Grid.Grains.Rules.Starter;

/// <summary>
/// The rules that ship with the grid: examples that hold as they are, for a territory to copy, to try on its history and to publish. Thresholds are the project's own choice.
/// </summary>
public static class StarterRules
{
    /// <summary>All of them, by kind.</summary>
    public static ImmutableArray<StarterRule> All { get; } =
    [
        Of(
            "cabinet-door-open-long", "Cabinet door open for 15 minutes", "Porte d'armoire ouverte depuis 15 minutes",
            "each cabinet when reported(doorOpen) for 15 min then raise alarm \"{0}\" priority high class security",
            "Cabinet door open for 15 minutes", "Porte d'armoire ouverte depuis 15 minutes",
            "A door that somebody forgot to close: longer than a visit takes.", "Une porte oubliée : plus longtemps que ne dure une visite."),
        Of(
            "cabinet-leakage-rising", "Leakage current rises", "Le courant de fuite augmente",
            "each cabinet when leakageMilliamperes > 100 deadband 20 and leakageMilliamperes > previous(leakageMilliamperes) for 10 min then raise alarm \"{0}\" class safety and open work order \"{0}\"",
            "Leakage current is rising", "Le courant de fuite augmente",
            "Insulation that ages shows before it trips the breaker.", "Un isolant vieillit avant de faire déclencher le disjoncteur."),
        Of(
            "cabinet-lit-by-day", "Cabinet draws lighting power by day", "L'armoire consomme en plein jour",
            "each cabinet when powerWatts > 500 deadband 100 for 30 min within from sunrise+01:00 to sunset-01:00 then raise alarm \"{0}\" class maintenance",
            "Lighting is on in full daylight", "Éclairage allumé en plein jour",
            "Energy lost: a contactor that sticks, or a switch left by hand.", "Énergie perdue : contacteur collé, ou commande manuelle oubliée."),
        Of(
            "streetlight-dim-late", "Dim to 30 % late at night", "Abaissement à 30 % en milieu de nuit",
            "each streetlight when dimmingPercent > 30 % deadband 5 and not reported(presence) within from 23:30 to 05:00 then command setDimming(percent: 30, durationMinutes: 330) on this device",
            "", "",
            "For controllers without a program of their own.", "Pour les contrôleurs sans programme propre."),
        Of(
            "streetlight-low-voltage", "Supply voltage of a light point is low", "Tension d'alimentation basse au point lumineux",
            "each streetlight when supplyVolts > 50 and supplyVolts < 207 deadband 3 for 20 min then raise alarm \"{0}\" class maintenance",
            "Supply voltage below 207 V (230 V less 10 %)", "Tension inférieure à 207 V (230 V moins 10 %)",
            "NF EN 50160: 230 V, 10 % either way.", "NF EN 50160 : 230 V à plus ou moins 10 %."),
        Of(
            "meter-flow-by-night", "Water flows at night in a closed building's meter", "Débit de nuit anormal",
            "each meter where fluid = \"water\" when flowLitresPerHour > 50 deadband 10 for 2 h within from 01:00 to 05:00 then raise alarm \"{0}\" class maintenance and open work order \"{0}\"",
            "Water flows at night: leak suspected", "Débit de nuit : fuite suspectée",
            "Meters of public buildings, where nobody draws water at night.", "Compteurs de bâtiments publics, où personne ne consomme la nuit."),
        Of(
            "meter-silent-a-day", "Meter not heard for two days", "Compteur muet depuis deux jours",
            "each meter when since(heard) > 2 d then raise alarm \"{0}\" priority low class system",
            "Meter not heard for two days", "Compteur muet depuis deux jours",
            "A battery, a gateway, or a meter that was taken away.", "Pile, passerelle, ou compteur déposé."),
        Of(
            "building-heated-weekend", "Building warm at the weekend", "Bâtiment chauffé le week-end",
            "each building when temperatureCelsius > 19 deadband 1 and outdoorCelsius < 12 for 3 h within weekend or holiday then raise alarm \"{0}\" priority low class maintenance",
            "Heated at the weekend", "Chauffé pendant le week-end",
            "Code de l'énergie, R241-26: 19 °C on average where people are; less where nobody is.", "Code de l'énergie, R241-26 : 19 °C en moyenne en occupation ; moins hors occupation."),
        Of(
            "building-air-quality", "Air to be renewed", "Air à renouveler",
            "each building when co2Ppm > 1500 deadband 300 and occupied for 15 min then raise alarm \"{0}\" priority medium class safety",
            "CO2 above 1,500 ppm: open the windows", "CO2 supérieur à 1 500 ppm : aérer",
            "Arrêté of 27 December 2022 on air quality in public buildings: 1,500 ppm.", "Arrêté du 27 décembre 2022 sur la qualité de l'air intérieur : 1 500 ppm."),
        Of(
            "bin-nearly-full", "Bin nearly full", "Bac bientôt plein",
            "each bin when fillPercent > 80 % deadband 10 for 1 h then raise alarm \"{0}\" priority low class service and notify collection \"{0}\"",
            "Bin nearly full", "Bac bientôt plein",
            "An hour, so that a bag before the sensor is no alarm.", "Une heure, pour qu'un sac devant le capteur ne compte pas."),
        Of(
            "bin-heats-up", "Bin heats up fast", "Bac : échauffement rapide",
            "each bin when rate(temperatureCelsius) > 60 and temperatureCelsius > 40 then raise alarm \"{0}\" priority urgent class safety",
            "The bin heats up: fire suspected", "Échauffement rapide : feu suspecté",
            "Before the fixed threshold of a fire is reached.", "Avant que le seuil fixe d'incendie soit atteint."),
        Of(
            "river-rises", "River rises fast", "La rivière monte vite",
            "each environment when rate(levelMillimetres) > 200 and levelMillimetres > 500 then raise alarm \"{0}\" priority high class environment and notify duty \"{0}\" and set flag \"highWater\"",
            "The river rises by more than 20 cm an hour", "La rivière monte de plus de 20 cm par heure",
            "The flag shows on the commune's summary for all trades.", "L'indicateur apparaît sur la synthèse de la commune, pour tous les métiers."),
        Of(
            "heavy-rain-by-night", "Heavy rain at night", "Forte pluie la nuit",
            "each environment when rainMillimetresPerHour > 30 deadband 5 within night then notify duty \"{0}\" and set flag \"heavyRain\"",
            "More than 30 mm an hour", "Plus de 30 mm par heure",
            "Across trades: whoever is on duty looks at drains, underpasses and cabinets.", "Tous métiers : l'astreinte regarde avaloirs, passages souterrains et armoires."),
        Of(
            "any-battery-low-week", "Battery low for a week", "Pile faible depuis une semaine",
            "when since(batteryLow) > 7 d then open work order \"{0}\"",
            "Change the battery", "Remplacer la pile",
            "Across trades: meters, bins and sensors whose batteries want changing, once they stay low.", "Tous métiers : compteurs, bacs et capteurs dont la pile reste faible."),
        Of(
            "any-fault-unrepaired", "Fault for three days", "Défaut depuis trois jours",
            "when status = fault for 3 d then open work order \"{0}\"",
            "In fault for three days", "En défaut depuis trois jours",
            "Across trades: whatever nobody has come for.", "Tous métiers : ce pour quoi personne n'est venu."),
        Of(
            "cabinet-lamps-dark", "Several lamps of a cabinet have failed", "Plusieurs lampes d'une armoire en panne",
            "each cabinet when count(of kind streetlight where same cabinet: lampFailure) >= 3 for 30 min then raise alarm \"{0}\" priority high class maintenance and open work order \"{0}\"",
            "Three lamps of this cabinet or more have failed", "Trois lampes de cette armoire ou plus sont en panne",
            "One visit for several lamps, and a hint at the cabinet itself.", "Une seule visite pour plusieurs lampes, et un indice sur l'armoire elle-même."),
        Of(
            "commune-bins-full", "Many bins of a commune are full", "Beaucoup de bacs pleins dans la commune",
            "each commune when share(of kind bin: overflow) > 20 % deadband 0.05 for 1 h then raise alarm \"{0}\" class service and notify collection \"{0}\"",
            "More than a fifth of the bins overflow", "Plus d'un cinquième des bacs débordent",
            "A round that did not come shows as a whole, not bin by bin.", "Une tournée qui n'est pas passée se voit d'un coup, pas bac par bac."),
        Of(
            "commune-silence", "Much of a commune is silent", "Une grande partie de la commune est muette",
            "each commune when coveragePercent < 70 % deadband 5 for 15 min then raise alarm \"{0}\" priority high class system and notify duty \"{0}\"",
            "Fewer than 70 % of the devices are heard", "Moins de 70 % des équipements sont entendus",
            "Across trades: a network or a supply, rather than devices.", "Tous métiers : un réseau ou une alimentation, plutôt que des équipements."),
        Of(
            "commune-lit-by-day", "A commune's lights draw power by day", "L'éclairage de la commune consomme en plein jour",
            "each commune when lighting.powerWatts > 1000 deadband 200 for 30 min within from sunrise+01:00 to sunset-01:00 then raise alarm \"{0}\" class maintenance and set flag \"litByDay\"",
            "More than 1 kW of lighting in full daylight", "Plus de 1 kW d'éclairage en plein jour",
            "Seen for the commune as a whole, also where cabinets are not metered.", "Vu pour toute la commune, même où les armoires n'ont pas de compteur."),
    ];

    private static StarterRule Of(string id, string name, string nameFrench, string text, string message, string messageFrench, string why, string whyFrench) =>
        new(id, name, nameFrench, Text(text, message), Text(text, messageFrench), why, whyFrench);

    private static string Text(string text, string message) => text.Replace("{0}", message, StringComparison.Ordinal);
}
