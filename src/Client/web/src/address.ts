/** Keeps the choice in the address, so that a reload or a link shows the same. */
export function address(choice: Record<string, string | null>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(choice)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }

  history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
}
