// Where a commune goes that GeoNames' list does not hold: near its neighbours, and never on top of another one.
const kilometresPerDegree = 111.32;
const goldenAngle = Math.PI * (3 - Math.sqrt(5));

/**
 * Islands and lands without a known neighbour of their own, where the mean of a department would be absurd
 * (the open sea, or the middle of Finistère for an island 40 km off). [longitude, latitude] of the village or station.
 */
const byHand = {
  22016: [-3.0003, 48.8472], // Île-de-Bréhat, the village
  29082: [-4.0100, 48.7458], // Île-de-Batz, the village
  29083: [-4.8508, 48.0372], // Île-de-Sein, the village
  29084: [-4.9569, 48.3969], // Île-Molène, the village
  98411: [77.5714, -37.7963], // Martin-de-Viviès
  98412: [70.2194, -49.3519], // Port-aux-Français
  98413: [51.8592, -46.4306], // Alfred-Faure
  98414: [140.0014, -66.6628], // Dumont-d'Urville
  98415: [54.5243, -15.8921], // Tromelin
  98901: [-109.2167, 10.3], // Clipperton
};

const groupBy = (items, key) => {
  const groups = new Map();
  for (const item of items) {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
};

/** Mean position of the members and how far they lie from it (root mean square, km). */
function centre(members) {
  const mean = pick => members.reduce((sum, member) => sum + pick(member), 0) / members.length;
  const longitude = mean(member => member.longitude);
  const latitude = mean(member => member.latitude);
  const shrink = Math.cos(latitude * Math.PI / 180);
  const spread = Math.sqrt(mean(member =>
    ((member.longitude - longitude) * shrink * kilometresPerDegree) ** 2 + ((member.latitude - latitude) * kilometresPerDegree) ** 2));
  return { longitude, latitude, shrink, spread };
}

/** Gives every commune without coordinates a place, marked approximate. The known members are read before any is placed. */
export function placeRemaining(communes) {
  const known = communes.filter(commune => commune.longitude !== undefined);
  // An EPCI may cross the department's border: its members in the commune's own department come first, then all, then the department.
  const circles = [
    commune => commune.epci && `${commune.epci}/${commune.department}`,
    commune => commune.epci,
    commune => `department ${commune.department}`,
  ].map(key => ({ key, members: groupBy(known, key) }));
  const circleOf = commune => {
    const circle = circles.find(({ key, members }) => key(commune) && members.has(key(commune)));
    if (circle === undefined) throw new Error(`${commune.code} ${commune.name}: no known neighbour and no place by hand`);
    return circle.members.get(circle.key(commune));
  };

  const remaining = communes.filter(commune => commune.longitude === undefined);
  for (const commune of remaining) {
    const place = byHand[commune.code];
    if (place !== undefined) Object.assign(commune, { longitude: place[0], latitude: place[1], approximate: true });
  }

  const open = remaining.filter(commune => commune.longitude === undefined);
  // Grouped by their known neighbours: two departments of one EPCI may have the same ones.
  for (const [, group] of groupBy(open, commune => circleOf(commune).map(member => member.code).join())) {
    const { longitude, latitude, shrink, spread } = centre(circleOf(group[0]));
    // A sunflower: equal areas, so that even neighbours in the list lie apart. As wide as the known members, within 2 to 8 km.
    const radius = Math.min(8, Math.max(2, spread));
    group.forEach((commune, index) => {
      const distance = radius * Math.sqrt((index + 0.5) / group.length);
      const angle = index * goldenAngle;
      commune.longitude = longitude + distance * Math.cos(angle) / (kilometresPerDegree * shrink);
      commune.latitude = latitude + distance * Math.sin(angle) / kilometresPerDegree;
      commune.approximate = true;
    });
  }
}
