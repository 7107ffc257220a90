// What has changed from one state of a strategy to the next, member by member: a state of a hundred lots is not written down anew
// because one of them was sold. Plain data in, plain data out; it knows no strategy.

/** A member that is not as it was; `before` or `after` is absent where there was, or is, none. */
export interface StateChange {
  /** JSON pointer (RFC 6901): `/legs/LONG/lots/3/price`; "" for the state itself. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** In the order of names, those of a list by their numbers; equal states have none. */
export function stateDiff(before: unknown, after: unknown, path = ""): StateChange[] {
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after))
    return Object.is(before, after) ? [] : [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  if (Array.isArray(before)) names.sort((a, b) => Number(a) - Number(b));
  else names.sort();
  return names.flatMap((name) => {
    const place = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!has(before, name)) return has(after, name) ? [{ path: place, after: after[name] }] : [];
    if (!has(after, name)) return [{ path: place, before: before[name] }];
    return stateDiff(before[name], after[name], place);
  });
}

/** One step of a JSON patch (RFC 6902). */
export interface PatchStep {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: unknown;
}

/** Makes the later state of the earlier one. What is taken out of a list goes from its end. */
export function patchOf(changes: readonly StateChange[]): PatchStep[] {
  const removed = changes.filter((change) => !("after" in change)).map(({ path }): PatchStep => ({ op: "remove", path }));
  const set = changes
    .filter((change) => "after" in change)
    .map((change): PatchStep => ({ op: "before" in change ? "replace" : "add", path: change.path, value: change.after }));
  return [...set, ...removed.toReversed()];
}

/** As JSON has it: what is undefined is not there. */
function has(branch: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(branch, name) && branch[name] !== undefined;
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
