/** A command to many devices as `GET /group-commands/{id}` tells it. Pure. */

import type { CommandState } from './frames.ts';

export interface GroupCommand {
  id: string;
  name: string;
  state: 'running' | 'done' | 'cancelled';
  members: number;
  counts: Partial<Record<CommandState, number>>;
}

export interface GroupSelector {
  commune?: string;
  syndicate?: string;
  department?: string;
}

/** The states of a member in the order of its life. */
const states: readonly CommandState[] = ['accepted', 'transmitted', 'acknowledged', 'confirmed', 'rejected', 'expired', 'superseded', 'failed'];

const open: ReadonlySet<CommandState> = new Set(['accepted', 'transmitted', 'acknowledged']);

/** How many members are at their end. */
export function ended({ counts }: GroupCommand): number {
  return states.reduce((sum, state) => sum + (open.has(state) ? 0 : (counts[state] ?? 0)), 0);
}

/** The states that some member is in, in the order of its life. */
export function told({ counts }: GroupCommand): [CommandState, number][] {
  return states.map((state): [CommandState, number] => [state, counts[state] ?? 0]).filter(([, count]) => count > 0);
}

/** The selector of a scope such as `commune:29103`. */
export function selectorOf(scope: string): GroupSelector {
  const [kind = '', code = ''] = scope.split(':');
  return { [kind]: code };
}
