/** Where and why the text of a rule is refused. Pure. */

/** What the server says of a text: where, what stands there, what could. */
export interface RuleFault {
  line: number;
  column: number;
  found: string;
  expected: string;
}

/** The fault behind a reason such as `line 1, column 6: found 'lamp', expected ...`, or the same in French; null when it names no place. */
export function faultOf(reason: string): RuleFault | null {
  const match = /^line (\d+), column (\d+): found (.*), expected (.*)$/s.exec(reason) ?? /^ligne (\d+), colonne (\d+) : trouvé (.*), attendu (.*)$/s.exec(reason);
  return match === null ? null : { line: Number(match[1]), column: Number(match[2]), found: match[3] ?? '', expected: match[4] ?? '' };
}

/** The part of the text that is at fault, from and to as offsets; at the end of the text it is empty. */
export function placeOf(text: string, { line, column, found }: RuleFault): [from: number, to: number] {
  const lines = text.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = Math.min(text.length, before + Math.max(0, column - 1));
  const word = /^'(.*)'$/s.exec(found)?.[1] ?? '';
  if (word !== '' && text.startsWith(word, from)) return [from, from + word.length];
  return [from, Math.min(text.length, from + (/^[\p{L}\p{N}_.]+/u.exec(text.slice(from))?.[0].length ?? 1))];
}

/** An identifier that a name suggests: what the server takes, 1 to 64 of `a-z 0-9 -`. */
export function idOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
}

/** One that is not taken: with a number behind it where it has to be. */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let n = 2; ; n++) {
    const id = `${wanted.slice(0, 60)}-${n}`;
    if (!taken.has(id)) return id;
  }
}
