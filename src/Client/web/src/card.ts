import type { DeviceDetail } from './api.ts';
import type { Command } from './frames.ts';

/**
 * A part of a device's panel. It stays the same element over refreshes: what a person has the focus on, or is moving, must not be rebuilt
 * under them.
 */
export interface CardPart {
  readonly element: HTMLElement;
  /** The device, fetched again. */
  update?(detail: DeviceDetail): void;
  /** News of a command from the live stream. */
  command?(command: Command): void;
  /** Goes on where the same part in another language was. */
  takeOver?(former: CardPart): void;
  stop(): void;
}
