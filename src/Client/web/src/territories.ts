import { ApiError, get } from './http.ts';
import { fill } from './i18n.ts';

export interface Body {
  siren: string;
  name: string;
  kind: 'epci' | 'syndicate' | 'department';
}

export interface ScopeTexts {
  all: string;
  department: string;
  bodies: string;
  communes: string;
  device: string;
  deviceId: string;
}

/** The territories that a person can choose from. */
export class Territories {
  department: { scope: string; name: string } | null = null;
  communes: readonly { scope: string; name: string }[] = [];
  bodies: readonly Body[] = [];
  #asked: Promise<void> | null = null;

  /** Asks for the bodies, once. */
  ready(): Promise<void> {
    this.#asked ??= bodies().then(
      (found) => {
        this.bodies = found;
      },
      (error: unknown) => {
        this.#asked = null;
        throw error;
      },
    );
    return this.#asked;
  }

  /** A scope in the words of people. */
  nameOf(scope: string, texts: ScopeTexts): string {
    const [kind, code = ''] = scope.split(':');
    if (kind === 'all') return texts.all;
    if (kind === 'device') return fill(texts.deviceId, { id: code });
    if (kind === 'syndicate') return this.bodies.find(({ siren }) => siren === code)?.name ?? scope;
    return [this.department, ...this.communes].find((each) => each?.scope === scope)?.name ?? scope;
  }
}

async function bodies(): Promise<Body[]> {
  try {
    return (await get<{ items: Body[] }>('/api/v1/bodies?limit=1000')).items;
  } catch (error) {
    // Bodies are for who has rights everywhere: others choose among their communes.
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}
