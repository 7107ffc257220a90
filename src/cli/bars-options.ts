// Options that several bars commands share, and their values, checked as they are read. Says nothing of what is done with them.

import { InvalidArgumentError, Option, type Command } from "commander";

import { timeframeMillis, type Timeframe } from "../domain/timeframe.ts";
import type { BarForm, LeanSecurity } from "../market/index.ts";
import { parseInstant } from "../scenario/instant.ts";

/** How a file of bars is to be understood where it does not say. */
export interface FormFlags {
  readonly timeframe?: Timeframe;
  readonly time?: "open" | "close";
  /** `--no-volume` makes it false. */
  readonly volume: boolean;
  readonly symbol?: string;
  readonly side?: "bid" | "ask";
  readonly zone?: string;
  readonly leanSecurity?: LeanSecurity;
}

/** Adds the options of `FormFlags` to a command that reads bars. */
export function addFormOptions(command: Command): Command {
  return command
    .option("--timeframe <name>", "timeframe of the file, where it cannot be told from its bars", timeframeOf)
    .addOption(new Option("--time <end>", "which end of a bar its time is, where the file stamps the close").choices(["open", "close"]))
    .option("--no-volume", "take bars without volume, as volume 0: mark prices, quotes")
    .option("--symbol <name>", "the market, in a file of several")
    .addOption(new Option("--side <name>", "bars of the bid or of the ask, in a file of quotes").choices(["bid", "ask"]))
    .option("--zone <name>", "time zone of a LEAN file, where its folder does not tell")
    .addOption(
      new Option("--lean-security <kind>", "what a LEAN file outside LEAN's folders is of").choices(["equity", "crypto", "cryptofuture", "forex"]),
    );
}

export function formOf({ time, volume, symbol, side, zone, leanSecurity }: FormFlags): BarForm {
  return {
    ...(time === undefined ? {} : { time }),
    ...(volume ? {} : { volume: "absent" }),
    ...(symbol === undefined ? {} : { symbol }),
    ...(side === undefined ? {} : { side }),
    ...(zone === undefined ? {} : { zone }),
    ...(leanSecurity === undefined ? {} : { leanSecurity }),
  };
}

export function timeframeOf(text: string): Timeframe {
  try {
    timeframeMillis(text);
  } catch {
    throw new InvalidArgumentError("A timeframe is 1m, 5m, 1h, 1d …");
  }
  return text;
}

/** Epoch ms of "2025-01-31", "2025-01-31T09:30:00Z" (UTC where no zone is said) or of epoch ms themselves. */
export function instantOf(text: string): number {
  const instant = /^\d{10,14}$/.test(text) ? Number(text) : parseInstant(text);
  if (instant === null) throw new InvalidArgumentError("A time is 2025-01-31, 2025-01-31T09:30:00Z or epoch milliseconds.");
  return instant;
}

export function factorOf(text: string): number {
  const factor = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || !(factor >= 1)) throw new InvalidArgumentError("A factor is a number of at least 1.");
  return factor;
}

export function countOf(text: string): number {
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count < 1) throw new InvalidArgumentError("A count is a whole number of at least 1.");
  return count;
}
