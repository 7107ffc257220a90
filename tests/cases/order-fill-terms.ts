// What the orders of order_fill cases hang on: parents, groups of which one cancels the other, and trails. It reads the
// cases' words; it must never know what comes of them.

import { noTerms, parseRatio, type Instrument, type OrderNumber, type OrderTerms, type Price, type Trail } from "../../src/domain/index.ts";
import { NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, textAt, type Json } from "./case.ts";
import { plainText, priceUnits, rateText, type Row } from "./market.ts";

/** Of each order that is in a group, the id of the group's first one. A group is what points at each other. */
export function groupsOf(orders: readonly Json[]): ReadonlyMap<string, string> {
  const heads = new Map<string, string>();
  for (const order of orders) {
    const id = textAt(order, "id");
    const others = Array.isArray(order["oco"]) ? (order["oco"] as unknown[]).map(String) : [];
    if (others.length === 0) continue;
    const head = heads.get(id) ?? others.map((other) => heads.get(other)).find((known) => known !== undefined) ?? id;
    for (const member of [id, ...others]) heads.set(member, head);
  }
  return heads;
}

export function termsOf(
  instrument: Instrument,
  order: Json,
  group: OrderNumber | null,
  numberOf: (id: string) => OrderNumber | null,
): OrderTerms | null {
  const trail = hasTrail(order) ? trailOf(instrument, order) : null;
  const named = order["parent"] === undefined || order["parent"] === null ? null : textAt(order, "parent");
  const parent = named === null ? null : numberOf(named);
  if (named !== null && parent === null) throw new NotApplicable("a parent that was never submitted");
  return trail === null && parent === null && group === null ? null : { ...noTerms, trail, parent, group };
}

/** Where a trailing stop stands at first: as the case says, or behind its reference price. */
export function triggerOf(instrument: Instrument, order: Json): Price | null {
  if (!hasTrail(order)) return null;
  const stop = firstStop(order);
  return stop === null ? null : priceUnits(instrument, stop);
}

/** Prices at which a trailing stop may stand, so that the scale of the case can hold them. */
export function trailPrices(order: Json, rows: readonly Row[]): number[] {
  if (!hasTrail(order)) return [];
  const stop = firstStop(order);
  const bests = rows.flatMap((row) => [row[1], row[2], row[3], row[4]]);
  return [...(stop === null ? [] : [stop]), ...bests.map((best) => behind(order, best))];
}

function hasTrail(order: Json): boolean {
  return order["trail"] !== undefined && order["trail"] !== null;
}

function firstStop(order: Json): number | null {
  const trail = objectAt(order, "trail");
  if (optionalNumber(trail, "activation") !== null) return null;
  const reference = optionalNumber(trail, "reference");
  return optionalNumber(trail, "stop") ?? (reference === null ? null : behind(order, reference));
}

/** Without the noise of floats. */
function behind(order: Json, best: number): number {
  const trail = objectAt(order, "trail");
  const offset = numberAt(trail, "offset");
  const away = textAt(trail, "kind") === "pct" ? best * offset : offset;
  return Number((best + (textAt(order, "side") === "buy" ? away : -away)).toFixed(8));
}

function trailOf(instrument: Instrument, order: Json): Trail {
  const trail = objectAt(order, "trail");
  onlyKeys(trail, ["kind", "offset", "reference", "stop", "activation"], "a trail");
  const kind = textAt(trail, "kind");
  const offset = numberAt(trail, "offset");
  const at = optionalNumber(trail, "activation");
  const activation = at === null ? null : priceUnits(instrument, at);
  if (kind === "pct") return { rate: parseRatio(rateText(offset)), distance: null, activation };
  // The cases run without filters, so a tick of theirs is no tick of ours.
  if (kind === "abs") return { rate: null, distance: priceUnits(instrument, Number(plainText(offset, instrument.priceScale))), activation };
  throw new NotApplicable(`a trail in ${kind} is outside of this version`);
}
