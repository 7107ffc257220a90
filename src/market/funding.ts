// Funding rates out of a file: which columns of a table they are, and the series they become.

import { SeatrialError, type FundingSeries } from "../domain/index.ts";
import type { EventFacts, EventOptions } from "./event-rows.ts";
import { plainMaker, readEvents, symbolNames, timeNames, type EventKind } from "./events.ts";
import { columnMissing, numbersOf, pickByName, plainName, type Pick, type TableHead, type Wish } from "./table.ts";

export interface FundingFile extends FundingSeries, EventFacts {}

const rateNames = ["fundingrate", "funding_rate", "last_funding_rate", "lastfundingrate", "rate"] as const;
/** The columns that freqtrade's funding files have beside the rate, in which it writes nothing. */
const idleNames = ["high", "low", "close", "volume"] as const;

const funding: EventKind = {
  item: "funding",
  noun: "funding rate",
  columns: [{ name: "rate", rule: "finite", scale: "rate" }],
  choose: (head, file, received) => (head.names === null ? leanPicks(head, file) : namedPicks(head.names, file, received)),
  fromTable: (table, picks) => {
    for (const name of idleNames) {
      if (!picks.some(({ role }) => role === name)) continue;
      const row = numbersOf(table, picks, name).findIndex((value) => value !== 0 && !Number.isNaN(value));
      if (row < 0) continue;
      throw new SeatrialError({
        code: "not_funding",
        reason: `row ${row} has a ${name} that is not 0: these are bars`,
        hint: "freqtrade's funding files have the rate in column open and 0 in the others",
      });
    }
    return { columns: [numbersOf(table, picks, "rate")] };
  },
  maker: plainMaker,
};

function namedPicks(names: readonly string[], file: string, received: boolean): Pick[] {
  const plain = names.map(plainName);
  const times = received ? timeNames.received : (["calc_time", "funding_time", "fundingtime", ...timeNames.exchange] as const);
  const wishes: Wish[] = [
    { role: "time", kind: "time", names: times },
    { role: "symbol", kind: "word", names: symbolNames, required: false },
  ];
  // freqtrade gives funding the columns of bars.
  const asBars = !rateNames.some((name) => plain.includes(name)) && [...idleNames, "open"].every((name) => plain.includes(name));
  wishes.push({ role: "rate", kind: "number", names: asBars ? ["open"] : rateNames });
  const picks = pickByName(names, wishes, file);
  if (!asBars) return picks;
  return [...picks, ...idleNames.map((name): Pick => ({ role: name, place: plain.indexOf(name), kind: "number", mayBeEmpty: true }))];
}

/** LEAN's margin interest files: time and rate, without a header. */
function leanPicks({ sample }: TableHead, file: string): Pick[] {
  if (sample.length !== 2) throw columnMissing("rate", rateNames, sample, file);
  return [
    { role: "time", place: 0, kind: "time" },
    { role: "rate", place: 1, kind: "number" },
  ];
}

/**
 * Funding rates of one market, in order of time, each as it was charged: CSV, Parquet and Arrow by the names of their columns
 * (freqtrade's rate stands in column `open`), Binance's published rates, LEAN's margin interest, Hyperliquid's and ccxt's JSON.
 * Times are the venue's, with its offsets of some ms; nothing moves them to the hour.
 * @throws SeatrialError with file, line or row; exit code 3
 */
export async function readFunding(path: string, options: EventOptions = {}): Promise<FundingFile> {
  const { columns, scales, ...rest } = await readEvents(path, funding, options);
  return { ...rest, rate: columns[0] as Float64Array, rateScale: scales.rate };
}
