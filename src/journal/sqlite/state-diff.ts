// What has changed from one state of a strategy to the next, member by member. Plain data in, plain data out; it knows no strategy.

/** A member that is not as it was; `before` or `after` is absent where there was, or is, none. */
export interface StateChange {
  /** Names from the outside in: `legs.LONG.lots.3.price`; "" for the state itself. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** In the order of names; equal states have none. */
export function stateDiff(before: unknown, after: unknown, path = ""): StateChange[] {
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after))
    return Object.is(before, after) ? [] : [{ path, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1));
  return names.flatMap((name) => {
    const place = path === "" ? name : `${path}.${name}`;
    if (!(name in before)) return [{ path: place, after: after[name] }];
    if (!(name in after)) return [{ path: place, before: before[name] }];
    return stateDiff(before[name], after[name], place);
  });
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
