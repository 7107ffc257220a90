// `seatrial fills`: the fills of a run or of a file, listed, or held against what was said of them. Reads options; fills-run.ts
// does it, the report room works it out.

import { InvalidArgumentError, Option, type Command } from "commander";

import { instantOf } from "./bars-options.ts";
import type { Cli } from "./cli.ts";
import type { FillsFlags } from "./fills-run.ts";

export function addFills(program: Command, cli: Cli): void {
  program
    .command("fills")
    .alias("fill-report")
    .summary("list fills, or hold them against what was said of them")
    .description(
      "Lists the fills of a run folder, of the journal.ndjson in one, or of a table of fills (CSV, Arrow, Parquet), the newest first.\n" +
        "With --reconcile: what each lost against the price that was asked for beside what was predicted, and a fill model made of it.",
    )
    .argument(
      "[run|file]",
      "a run folder, its journal.ndjson, a session's journal, or a file of fills: time,symbol,side,quantity,price,requested,predicted",
    )
    .addOption(new Option("--journal-path <path>", "the same as the argument").hideHelp())
    .option("--reconcile", "predicted against actual slippage")
    .option("--symbol <name>", "only fills of this market")
    .addOption(new Option("--side <side>", "only these").choices(["buy", "sell"]))
    .addOption(new Option("--leg <leg>", "only these").choices(["LONG", "SHORT", "NET"]))
    .option("--family <name>", "only fills of this family: entry, dca, tp, sl …")
    .addOption(new Option("--liquidity <kind>", "only these").choices(["maker", "taker"]))
    .option("--since <time>", "from this time on: 2025-01-31, 2025-01-31T09:30:00Z or epoch ms", instantOf)
    .option("--until <time>", "before this time", instantOf)
    .option("--limit <n|all>", "how many, the newest (default: 20 listed, all reconciled)", limitOf)
    .addOption(new Option("--format <kind>", "how a list is printed").choices(["table", "csv", "json"]).default("table"))
    .addOption(new Option("--unit <unit>", "what the verdict judges by").choices(["bp", "price"]).default("bp"))
    .option("--assume <file>", "a scenario or calibration whose fill model says what fills were to lose, in place of the run's")
    .option("--half-spread-bp <bp>", "what of a loss is spread; the rest is slippage (default: the run's half spread)", halfSpreadOf)
    .option("--window <n>", "fills that the calibration looks at (default: 500)", countOf)
    .option("--hours <h>", "how far back it looks, from the newest fill (default: 72)", hoursOf)
    .option("--min-fills <n>", "with fewer it offers nothing (default: 30)", countOf)
    .option("--out <file>", "write the calibration there, as JSON")
    .option("--json", "print JSON alone on stdout")
    .action(async (target: string | undefined, flags: FillsFlags) => {
      const { runFills } = await import("./fills-run.ts");
      cli.finish(await runFills(target, flags, cli.io));
    });
}

function limitOf(text: string): number {
  if (text === "all") return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (!/^\d{1,9}$/.test(text) || limit === 0) throw new InvalidArgumentError("A limit is a whole number above 0, or all.");
  return limit;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!/^\d{1,9}$/.test(text) || count === 0) throw new InvalidArgumentError("It is a whole number above 0.");
  return count;
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (!/^\d{1,6}(?:\.\d{1,3})?$/.test(text) || hours === 0) throw new InvalidArgumentError("Hours are a number above 0.");
  return hours;
}

function halfSpreadOf(text: string): string {
  if (!/^\d{1,4}(?:\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError("A half spread is basis points, such as 2.5.");
  return text;
}
