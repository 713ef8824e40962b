import { HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection, type ISubscription } from '@microsoft/signalr';
import { backoffMillis } from './backoff.ts';
import { disconnected, emptyView, reduce, type Frame, type Kind, type Step, type View } from './frames.ts';
import type { Box } from './scope.ts';
import { token } from './session.ts';

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface WatchOptions {
  devices?: boolean;
  kinds?: readonly Kind[];
  bbox?: Box;
}

/** Devices that one watch holds at most; the rest is counted and said on screen. */
const deviceLimit = 12_000;

/** One connection to the hub, and what is watched through it. It comes back by itself, each watch from its last cursor. */
export class Live {
  readonly #watches = new Set<Watch>();
  readonly #onState: (state: LiveState) => void;
  readonly #onUnauthorized: () => void;
  #connection: HubConnection | null = null;
  #failures = 0;
  #timer = 0;

  constructor(onState: (state: LiveState) => void, onUnauthorized: () => void) {
    this.#onState = onState;
    this.#onUnauthorized = onUnauthorized;
    addEventListener('online', () => this.#connection || this.start());
  }

  /** Connects now, whatever back-off was waiting. */
  start(): void {
    clearTimeout(this.#timer);
    if (this.#connection) return;
    this.#onState(this.#failures === 0 ? 'connecting' : 'reconnecting');
    const connection = new HubConnectionBuilder()
      .withUrl('/hubs/live', { accessTokenFactory: () => token() ?? '' })
      // What goes wrong shows on screen, not in the console.
      .configureLogging(LogLevel.None)
      .build();
    this.#connection = connection;
    connection.onclose(() => this.#lost());
    connection.start().then(
      () => {
        this.#failures = 0;
        this.#onState('live');
        for (const watch of this.#watches) watch.open(connection);
      },
      (error: unknown) => {
        if ((error as { statusCode?: number }).statusCode === 401) {
          this.#connection = null;
          this.#onUnauthorized();
        } else {
          this.#lost();
        }
      },
    );
  }

  /** Watches a scope until stopped. */
  watch(scope: string, options: WatchOptions, onStep: (step: Step) => void): Watch {
    const watch = new Watch(scope, options, onStep, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    if (this.#connection?.state === HubConnectionState.Connected) watch.open(this.#connection);
    return watch;
  }

  #lost(): void {
    this.#connection = null;
    for (const watch of this.#watches) watch.lost();
    this.#onState('reconnecting');
    this.#timer = window.setTimeout(() => this.start(), backoffMillis(this.#failures++, Math.random));
  }
}

export class Watch {
  view: View = emptyView;
  #stream: ISubscription<Frame> | null = null;
  #failures = 0;
  #timer = 0;

  constructor(
    readonly scope: string,
    readonly options: WatchOptions,
    private readonly onStep: (step: Step) => void,
    private readonly onStop: () => void,
  ) {}

  open(connection: HubConnection): void {
    this.lost();
    const cursor = this.view.cursor;
    this.#stream = connection.stream<Frame>('Watch', this.scope, { ...this.options, ...(cursor ? { cursor } : {}) }).subscribe({
      next: (frame) => this.#take(frame, connection),
      error: () => this.#again(connection),
      complete: () => this.#again(connection),
    });
  }

  /** The connection went: keep what shows and the cursor. */
  lost(): void {
    clearTimeout(this.#timer);
    this.#stream = null;
    this.view = disconnected(this.view);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stream?.dispose();
    this.#stream = null;
    this.onStop();
  }

  #take(frame: Frame, connection: HubConnection): void {
    if (!this.#stream) return;
    const step = reduce(this.view, frame, deviceLimit);
    this.view = step.view;
    if (step.resync) {
      this.#stream.dispose();
      this.#again(connection);
    } else {
      this.#failures = 0;
    }

    this.onStep(step);
  }

  /** The stream ended while the connection stands: its cursor may be what was refused, so start over. */
  #again(connection: HubConnection): void {
    if (!this.#stream) return;
    this.#stream = null;
    this.#timer = window.setTimeout(() => {
      if (connection.state === HubConnectionState.Connected) {
        this.view = { ...this.view, cursor: null };
        this.open(connection);
      }
    }, backoffMillis(this.#failures++, Math.random));
  }
}
