const firstMillis = 500;
const longestMillis = 30_000;

/** How long to wait before a try: doubling from half a second to 30 s, spread by a fifth either way so that clients do not return together. */
export function backoffMillis(failures: number, random: () => number): number {
  const base = Math.min(longestMillis, firstMillis * 2 ** Math.min(failures, 10));
  return Math.round(base * (0.8 + 0.4 * random()));
}
