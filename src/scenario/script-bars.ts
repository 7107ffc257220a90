// Bars written by hand: rows of five numbers, or moves in words relative to the close before. All arithmetic is exact;
// a move's prices are rounded to the tick, a row's are taken as they are.

import { divideBig, parseDecimal, parseUnits, printDecimal, SeatrialError, type BarColumns, type Decimal, type Place } from "../domain/index.ts";
import { compareDecimals } from "./decimal-order.ts";

export type ScriptRow = string | readonly [string, string, string, string, string];

/** One bar in exact decimals. */
export interface ScriptBar extends Prices {
  /** Intervals from the first bar on, missing ones counted: 0 is the first. */
  readonly slot: number;
}

interface Prices {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
}

export interface ScriptOptions {
  /** Decimal text: the grid of prices that come from moves. */
  readonly tick: string;
  /** The close before the first bar; null when the script begins with a row. */
  readonly startPrice: string | null;
  /** Volume of moves that name none. */
  readonly volume: string;
}

/** What one move says. Percentages as decimals: 0.5 for "+0.5%". */
interface Move {
  readonly gap: Decimal;
  readonly change: Decimal;
  readonly high: Decimal | null;
  readonly low: Decimal | null;
  readonly volume: Decimal | null;
  readonly repeat: number;
}

/** A script that asks for more bars than this is a mistake. */
const maxBars = 100_000;
const zero: Decimal = { units: 0n, scale: 0 };

/**
 * The bars of a script, oldest first.
 * @param placeOf where a row stands in its file, for errors
 * @throws SeatrialError `bad_bar` or `bad_move` at that place
 */
export function scriptBars(rows: readonly ScriptRow[], options: ScriptOptions, placeOf: (row: number) => Place): ScriptBar[] {
  const bars: ScriptBar[] = [];
  const tick = parseDecimal(options.tick);
  const volume = parseDecimal(options.volume);
  let close = options.startPrice === null ? null : parseDecimal(options.startPrice);
  let slot = 0;
  rows.forEach((row, at) => {
    try {
      const missing = typeof row === "string" ? missingBars(row) : 0;
      if (missing > 0 && (bars.length === 0 || at === rows.length - 1)) {
        throw badMove(String(row), "no bar stands on both sides of it", "write it between bars; start says when the first one opens");
      }
      const made = missing > 0 ? [] : typeof row === "string" ? barsOfMove(row, close, tick, volume) : [barOfRow(row)];
      if (slot + made.length + missing > maxBars)
        throw badMove(String(row), `the script makes more than ${maxBars} bars`, "use synthetic bars for long series");
      for (const [n, bar] of made.entries()) bars.push({ ...bar, slot: slot + n });
      slot += made.length + missing;
    } catch (error) {
      throw error instanceof SeatrialError ? error.at(placeOf(at)) : error;
    }
    close = bars.at(-1)?.close ?? close;
  });
  return bars;
}

/** Most decimals that the bars need. */
export function scriptDecimals(bars: readonly ScriptBar[]): { price: number; volume: number } {
  let price = 0;
  let volume = 0;
  for (const bar of bars) {
    price = Math.max(price, bar.open.scale, bar.high.scale, bar.low.scale, bar.close.scale);
    volume = Math.max(volume, bar.volume.scale);
  }
  return { price, volume };
}

/** Columns at the given scales. @throws SeatrialError `number_overflow` */
export function scriptColumns(bars: readonly ScriptBar[], start: number, interval: number, scales: { price: number; quantity: number }): BarColumns {
  const column = (read: (bar: ScriptBar) => Decimal, scale: number) => Float64Array.from(bars, (bar) => parseUnits(printDecimal(read(bar)), scale));
  return {
    time: Float64Array.from(bars, ({ slot }) => start + slot * interval),
    open: column((bar) => bar.open, scales.price),
    high: column((bar) => bar.high, scales.price),
    low: column((bar) => bar.low, scales.price),
    close: column((bar) => bar.close, scales.price),
    volume: column((bar) => bar.volume, scales.quantity),
  };
}

/** How many bars a row leaves out: those of "missing" or "missing x5"; 0 for every other row. */
function missingBars(text: string): number {
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (!words.includes("missing")) return 0;
  const [first = "", second = "x1"] = words;
  if (first === "missing" && words.length <= 2 && /^x\d+$/.test(second)) return repeatOf(text, second);
  throw badMove(text, "a missing bar has no prices", 'write "missing" or "missing x5" in a row of its own, the gap of the price in the next one');
}

function barOfRow(row: readonly string[]): Prices {
  const [open = zero, high = zero, low = zero, close = zero, volume = zero] = row.map(parseDecimal);
  const bad = (reason: string) => new SeatrialError({ code: "bad_bar", reason, hint: "a bar is [open, high, low, close, volume]" });
  if (compareDecimals(high, low) < 0) throw bad(`the high ${row[1]} is below the low ${row[2]}`);
  if (compareDecimals(high, open) < 0 || compareDecimals(high, close) < 0) throw bad(`the high ${row[1]} is below the open or the close`);
  if (compareDecimals(low, open) > 0 || compareDecimals(low, close) > 0) throw bad(`the low ${row[2]} is above the open or the close`);
  return { open, high, low, close, volume };
}

function barsOfMove(text: string, before: Decimal | null, tick: Decimal, volume: Decimal): Prices[] {
  const move = parseMove(text);
  if (before === null) throw badMove(text, "no bar stands before it", "begin with [open, high, low, close, volume], or give startPrice");
  const bars: Prices[] = [];
  let close = before;
  for (let count = 0; count < move.repeat; count += 1) {
    const bar = barOfMove(text, move, close, tick, volume);
    bars.push(bar);
    close = bar.close;
  }
  return bars;
}

function barOfMove(text: string, move: Move, before: Decimal, tick: Decimal, volume: Decimal): Prices {
  // A flat open keeps a price that a row has put off the tick: the market did not move.
  const open = move.gap.units === 0n ? before : moved(before, move.gap, tick);
  const close = move.change.units === 0n ? open : moved(open, move.change, tick);
  const top = compareDecimals(open, close) > 0 ? open : close;
  const bottom = compareDecimals(open, close) > 0 ? close : open;
  const high = move.high === null ? top : moved(open, move.high, tick);
  const low = move.low === null ? bottom : moved(open, move.low, tick);
  if (low.units <= 0n) throw badMove(text, "a price falls to zero", "write a smaller move");
  if (compareDecimals(high, top) < 0) throw badMove(text, `its high ${printDecimal(high)} is below its body`, "high counts from the open");
  if (compareDecimals(low, bottom) > 0) throw badMove(text, `its low ${printDecimal(low)} is above its body`, "low counts from the open");
  return { open, high, low, close, volume: move.volume ?? volume };
}

/** price × (100 + percent) / 100, rounded to the tick, half away from zero. */
function moved(price: Decimal, percent: Decimal, tick: Decimal): Decimal {
  const factor = 100n * 10n ** BigInt(percent.scale) + percent.units;
  const numerator = price.units * factor * 10n ** BigInt(tick.scale);
  const denominator = 10n ** BigInt(price.scale) * 100n * 10n ** BigInt(percent.scale) * tick.units;
  return { units: divideBig(numerator, denominator, "halfAway") * tick.units, scale: tick.scale };
}

function parseMove(text: string): Move {
  const found: { -readonly [Key in keyof Move]?: Move[Key] } = {};
  const words = text.split(/\s+/).filter((word) => word !== "");
  const set = <Key extends keyof Move>(key: Key, value: Move[Key]) => {
    if (found[key] !== undefined) throw badMove(text, `it says ${key === "change" ? "the close" : key} twice`, "write each part once");
    found[key] = value;
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "gap" || word === "high" || word === "low") set(word, percentOf(text, words[(at += 1)] ?? ""));
    else if (word === "volume") set("volume", volumeOf(text, words[(at += 1)] ?? ""));
    else if (word === "flat") set("change", zero);
    else if (/^x\d+$/.test(word)) set("repeat", repeatOf(text, word));
    else set("change", percentOf(text, word));
  }
  if (Object.keys(found).length === 0) throw badMove(text, "it is empty", grammarHint);
  return { gap: zero, change: zero, high: null, low: null, volume: null, repeat: 1, ...found };
}

const grammarHint = 'write "+0.5%", "flat", "gap -2%", "high +1%", "low -1%", "volume 500", "x5" or "missing"';

function percentOf(text: string, word: string): Decimal {
  const match = /^([+-]\d{1,9}(?:\.\d{1,9})?)%$/.exec(word);
  if (match !== null) return parseDecimal(match[1] ?? "");
  const bare = /^\d+(\.\d+)?%$/.test(word);
  throw badMove(text, `"${word.slice(0, 40)}" is no ${bare ? "signed " : ""}percentage`, bare ? `write +${word} or -${word}` : grammarHint);
}

function volumeOf(text: string, word: string): Decimal {
  if (/^\d{1,15}(\.\d{1,15})?$/.test(word)) return parseDecimal(word);
  throw badMove(text, `"${word.slice(0, 40)}" is no volume`, grammarHint);
}

function repeatOf(text: string, word: string): number {
  const count = Number(word.slice(1));
  if (count >= 1 && count <= maxBars) return count;
  throw badMove(text, `it repeats ${word.slice(1, 20)} times`, `1 to ${maxBars} are possible`);
}

function badMove(text: string, reason: string, hint: string): SeatrialError {
  return new SeatrialError({ code: "bad_move", reason: `the move "${text.slice(0, 60)}": ${reason}`, hint });
}
