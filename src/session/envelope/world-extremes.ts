// The best and the worst way through the lines of a search. A line's difference is added where the line meets another one:
// that assumes that money decides nothing, so whoever uses it has the result confirmed by a run.

import type { Line, Turn } from "./world.ts";

export interface Way {
  /** Value at the end of the bars. */
  readonly value: number;
  readonly turns: readonly Turn[];
  /** The line that it ends on. */
  readonly last: Line;
}

/** The best that can still be made of a line from an instant on. */
interface Gain {
  /** Beyond the line's own end. */
  readonly amount: number;
  readonly last: Step | null;
}

interface Step {
  readonly turn: Turn;
  readonly line: Line;
  readonly next: Step | null;
}

type Event = { readonly instant: number; readonly depth: number } & ({ readonly merges: Line } | { readonly departs: Line });

const nothing: Gain = { amount: 0, last: null };

/** The way with the largest (`sign` 1) or smallest (-1) value. Lines whose end is not known are left out. */
export function extremeWay(main: Line, lines: readonly Line[], sign: 1 | -1): Way {
  const gains = new Map<Line, Gain>();
  // From the last instant to the first: what comes after a choice is known when it is weighed.
  for (const event of eventsOf(lines)) {
    if ("merges" in event) {
      const { merges } = event;
      gains.set(merges, (merges.mergedInto === null ? undefined : gains.get(merges.mergedInto)) ?? nothing);
      continue;
    }
    const { departs } = event;
    const { parent, turn } = departs;
    const end = departs.final();
    const stays = parent?.final() ?? null;
    if (end === null || stays === null || parent === null || turn === null) continue;
    const after = gains.get(departs) ?? nothing;
    const amount = end - stays + after.amount;
    const best = gains.get(parent) ?? nothing;
    if (sign * amount > sign * best.amount) gains.set(parent, { amount, last: { turn, line: departs, next: after.last } });
  }
  const { amount, last } = gains.get(main) ?? nothing;
  const turns: Turn[] = [];
  let end = main;
  for (let step = last; step !== null; step = step.next) {
    turns.push(step.turn);
    end = step.line;
  }
  while (end.mergedInto !== null) end = end.mergedInto;
  return { value: (main.final() ?? 0) + amount, turns, last: end };
}

// At one instant lines meet after they have left, so backwards the meetings come first; and of lines that left one another
// at one instant (several markets) the last one.
function eventsOf(lines: readonly Line[]): Event[] {
  const events = lines.flatMap((line): Event[] => {
    // Of ways that are worth the same the one without an idle turn is taken, so it comes first.
    const leaves: Event = { instant: line.turn?.instant ?? 0, depth: line.depth - (line.idle ? 0.5 : 0), departs: line };
    return line.mergedInto === null ? [leaves] : [leaves, { instant: line.mergedAt, depth: Number.POSITIVE_INFINITY, merges: line }];
  });
  return events.sort((a, b) => b.instant - a.instant || (a.depth === b.depth ? 0 : b.depth - a.depth));
}
