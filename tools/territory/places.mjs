// The populated places of GeoNames, and which of them stands for its commune.
import { readFileSync } from 'node:fs';

/** GeoNames files the overseas parts of France under country codes of their own. */
const departmentsOfCountry = {
  FR: [], GP: ['971'], MQ: ['972'], GF: ['973'], RE: ['974'], YT: ['976'],
  PM: ['975'], BL: ['977'], MF: ['978'], WF: ['986'], PF: ['987'], NC: ['988'],
};

/** Highest first: a capital stands for its commune before a hamlet, and a city's quarter (PPLX) comes last. */
const featureRank = ['PPLC', 'PPLA', 'PPLA2', 'PPLA3', 'PPLA4', 'PPLA5', 'PPL', 'PPLL', 'PPLX'];

export const fold = text => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  .replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/\bste?\b/g, word => (word === 'st' ? 'saint' : 'sainte'))
  .replace(/[^a-z0-9]+/g, ' ').trim();

/** INSEE code -> candidate places. Columns as in GeoNames' readme of cities500.txt (zero-based here). */
export function readPopulatedPlaces(path, communes) {
  const known = new Map(communes.map(commune => [commune.code, commune]));
  const byName = new Map();
  const alone = new Map();
  for (const commune of communes) {
    byName.set(`${commune.department}/${fold(commune.name)}`, commune.code);
    alone.set(commune.department, alone.has(commune.department) ? undefined : commune.code);
  }

  const places = new Map();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const column = line.split('\t');
    const departments = departmentsOfCountry[column[8]];
    if (departments === undefined) continue;
    const place = {
      id: Number(column[0]),
      names: [column[1], column[2], ...column[3].split(',')].filter(Boolean).map(fold),
      latitude: Number(column[4]),
      longitude: Number(column[5]),
      feature: column[7],
      population: Number(column[14]) || 0,
    };
    // The fourth administrative code is the INSEE code. Mayotte and Saint-Pierre-et-Miquelon carry it one or more levels higher;
    // the Pacific collectivities carry none: there the place's own name within its collectivity decides, or the only commune that there is.
    const code = [column[13], column[12], column[11], column[10]].find(value => value.length === 5 && known.has(value))
      ?? departments.map(d => byName.get(`${d}/${place.names[0]}`) ?? alone.get(d)).find(Boolean);
    if (code === undefined || (departments.length > 0 && !departments.includes(known.get(code).department))) continue;
    if (!places.has(code)) places.set(code, []);
    places.get(code).push(place);
  }
  return places;
}

/** Best name match, then highest rank of feature, then population, then the oldest GeoNames id: a total order, so one answer. */
export function pickMainPlace(commune, candidates) {
  const wanted = fold(commune.name);
  const bare = wanted.replace(/^(la|le|les|l) /, '');
  const nameScore = place => {
    if (place.names[0] === wanted || place.names[0].replace(/^(la|le|les|l) /, '') === bare) return 0;
    if (place.names.includes(wanted)) return 1;
    if (` ${wanted} `.includes(` ${place.names[0]} `) || ` ${place.names[0]} `.includes(` ${wanted} `)) return 2;
    return 3;
  };
  const rank = place => (featureRank.indexOf(place.feature) + featureRank.length + 1) % (featureRank.length + 1);
  const keys = place => [nameScore(place), rank(place), -place.population, place.id];
  const compare = (a, b) => {
    const [x, y] = [keys(a), keys(b)];
    const i = x.findIndex((value, index) => value !== y[index]);
    return i < 0 ? 0 : x[i] - y[i];
  };
  return [...candidates].sort(compare)[0];
}
