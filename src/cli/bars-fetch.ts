// `seatrial bars fetch`: recorded bars of an exchange into a folder. Reads options; the fetching stands in src/session.

import type { Command } from "commander";

import { SeatrialError } from "../domain/errors.ts";
import type { FetchFlags } from "./bars-fetch-run.ts";
import { instantOf, timeframeOf } from "./bars-options.ts";
import type { Cli } from "./cli.ts";

export function addBarsFetch(bars: Command, cli: Cli): void {
  bars
    .command("fetch")
    .summary("fetch bars of an exchange into a folder")
    .description(
      "Fetches finished bars through ccxt, page by page, and writes bars.arrow, market.json and manifest.json into a folder that scenarios read.\n" +
        "Interrupted or killed, the same command goes on where it was and ends with the same bytes. Only public data is asked for.",
    )
    .argument("<exchange>", "id of ccxt: binanceusdm, bybit, okx, hyperliquid …")
    .argument("<symbol>", "unified symbol of ccxt: BTC/USDT:USDT")
    .option("--timeframe <name>", "length of a bar", timeframeOf, "1m")
    .option("--from <time>", "first open time: 2025-01-31, 2025-01-31T09:30:00Z or epoch ms", instantOf)
    .option("--to <time>", "open times from here on are left out (default: up to the last finished bar)", instantOf)
    .option("--since-last", "go on from the last bar of a finished fetch in the folder")
    .option("--mark", "bars of the mark price too (mark.arrow)")
    .option("--funding", "funding rates too (funding.csv)")
    .option("--out <folder>", "folder of this market and timeframe (default: <exchange>/<symbol>-<timeframe> in SEATRIAL_DATA, else in bars)")
    .option("--force", "fetch anew and replace what the folder holds")
    .option("--ccxt <file>", "JSON object of settings for ccxt's constructor: proxies, options, addresses")
    .option("--json", "print JSON alone on stdout")
    .action(async (exchange: string, symbol: string, flags: FetchFlags) => {
      assertRange(flags);
      const { hostFetch } = await import("./bars-fetch-run.ts");
      cli.finish(await hostFetch(exchange, symbol, flags, cli.io));
    });
}

function assertRange({ from, to, sinceLast }: FetchFlags): void {
  if ((from === undefined) === (sinceLast === undefined)) {
    const reason = sinceLast === true ? "--from and --since-last exclude each other" : "it is not said from when";
    throw new SeatrialError({ code: "bad_arguments", reason, hint: "write --from 2025-01-01, or --since-last to go on from the last bar" });
  }
  if (from === undefined || to === undefined || from < to) return;
  throw new SeatrialError({ code: "bad_range", reason: "--from is not before --to", hint: "--to is the first open time that is left out" });
}
