// The state of runner and strategy at any step, folded out of the changes of the steps. It must give back exactly what it was given:
// applied to the end and back to the start, it is the initial state again.

import type { ChangeData, Json, PlayerData } from "./page-data.ts";

type Branch = Json[] | { [key: string]: Json };

/** The parts of a path "runner.positions.0.quantity"; a dot inside of a key is written `\.`. */
export function pathParts(path: string): string[] {
  return path.split(/(?<!\\)\./).map((part) => part.replaceAll("\\.", "."));
}

/** The path of a key below another path. */
export function pathBelow(path: string, key: string): string {
  const part = key.replaceAll(".", "\\.");
  return path === "" ? part : `${path}.${part}`;
}

/** Walks over the steps in both directions; `at` is the step whose changes are in the state, -1 before the first. */
export class StateWalk {
  private readonly steps: PlayerData["steps"];
  private readonly root: { [key: string]: Json };
  private position = -1;

  constructor(player: PlayerData) {
    this.steps = player.steps;
    this.root = structuredClone(player.initial) as { [key: string]: Json };
  }

  /** The state after step `at`. The walk goes on with the same object: read it, do not keep it. */
  stateAt(at: number): { readonly [key: string]: Json } {
    for (; this.position < at; this.position += 1) {
      for (const change of this.steps[this.position + 1]?.changes ?? []) write(this.root, change, change.kind === "removed", change.after);
    }
    for (; this.position > at; this.position -= 1) {
      const { changes = [] } = this.steps[this.position] ?? {};
      for (const change of changes.toReversed()) write(this.root, change, change.kind === "added", change.before);
    }
    return this.root;
  }
}

/** Sets or removes the value at a path. Elements leave a list at its end, in whatever order they are named. */
function write(root: Branch, change: ChangeData, removes: boolean, value: Json): void {
  const parts = pathParts(change.path);
  const key = parts.pop() ?? "";
  let branch = root;
  for (const part of parts) branch = childOf(branch, part);
  if (Array.isArray(branch)) {
    const index = Number(key);
    if (!removes) branch[index] = structuredClone(value);
    else if (index < branch.length) branch.length = index;
  } else if (removes) delete branch[key];
  else branch[key] = structuredClone(value);
}

function childOf(branch: Branch, part: string): Branch {
  const child = Array.isArray(branch) ? branch[Number(part)] : branch[part];
  if (typeof child !== "object" || child === null) throw new Error(`the player's state has nothing at ${part}`);
  return child as Branch;
}
