const key = 'grid.token';

/** A token that came in the address: kept for this tab, and taken out of the address bar and its history entry. */
export function takeTokenFromAddress(): void {
  const match = /^#token=(.+)$/.exec(location.hash);
  if (match?.[1]) {
    setToken(decodeURIComponent(match[1]));
    history.replaceState(null, '', location.pathname + location.search);
  }
}

export function token(): string | null {
  return sessionStorage.getItem(key);
}

export function setToken(value: string): void {
  sessionStorage.setItem(key, value.trim());
}

export function forgetToken(): void {
  sessionStorage.removeItem(key);
}
