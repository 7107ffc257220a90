// `seatrial journal verify|show|export|repair`: looks into the journal of a session, and mends what of it can be made again. Reads
// options; journal-run.ts does it.

import { InvalidArgumentError, Option, type Command } from "commander";

import { instantOf } from "./bars-options.ts";
import type { Cli } from "./cli.ts";
import type { ExportFlags, ShowFlags } from "./journal-run.ts";

export function addJournal(program: Command, cli: Cli): void {
  const journal = program
    .command("journal")
    .summary("look into a session's journal, verify it, mend it")
    .description("Works on the journal of a session: a database with its head file beside it. Only `repair` changes anything.");
  journal
    .command("verify")
    .description("Checks pages, chain, head, snapshots and every projection. Ends with 1 where anything is wrong. A running session is not hindered.")
    .argument("<journal>", "the journal's database file")
    .option("--json", "print JSON alone on stdout")
    .action(async (file: string, { json }: { json?: true }) => {
      const { runVerify } = await import("./journal-run.ts");
      cli.finish(runVerify(file, json === true, cli.io));
    });
  journal
    .command("show")
    .description("Prints commits: what the runner was told, and what it answered.")
    .argument("<journal>", "the journal's database file")
    .option("--order <id>", "only those about this order: its client order id, the venue's id or its number")
    .option("--kind <name>", "only those with this event or effect: order_filled, submit_order …")
    .option("--from <seq>", "from this commit on", seqOf)
    .option("--to <seq>", "up to this one", seqOf)
    .option("--since <time>", "from this venue time on: 2025-01-31, 2025-01-31T09:30:00Z or epoch ms", instantOf)
    .option("--until <time>", "before this time", instantOf)
    .option("--table <name>", "rows of this table instead: orders, fills, exchange_api_log …")
    .option("--limit <n|all>", "how many, the newest", limitOf, 20)
    .option("--json", "print JSON alone on stdout")
    .action(async (file: string, flags: ShowFlags) => {
      const { runShow } = await import("./journal-run.ts");
      cli.finish(runShow(file, flags, cli.io));
    });
  journal
    .command("export")
    .description("Prints records or tables in another form, or writes them to a file.")
    .argument("<journal>", "the journal's database file")
    .addOption(
      new Option("--format <kind>", "records as JSON, one a line; one table as CSV; everything as SQL")
        .choices(["jsonl", "csv", "sql"])
        .default("jsonl"),
    )
    .option("--table <name>", "with csv: which table (default: orders)")
    .option("--out <file>", "write there, whole or not at all")
    .option("--json", "with --out: say as JSON what was written")
    .action(async (file: string, flags: ExportFlags) => {
      const { runExport } = await import("./journal-run.ts");
      cli.finish(await runExport(file, flags, cli.io));
    });
  journal
    .command("repair")
    .description("Makes again what follows from the records, and puts a copy of all files aside first. Drops nothing that was committed.")
    .argument("<journal>", "the journal's database file")
    .option("--json", "print JSON alone on stdout")
    .action(async (file: string, { json }: { json?: true }) => {
      const { runRepair } = await import("./journal-run.ts");
      cli.finish(runRepair(file, json === true, cli.io));
    });
}

function seqOf(text: string): number {
  const seq = Number(text);
  if (!/^\d{1,15}$/.test(text) || seq === 0) throw new InvalidArgumentError("A commit's number is a whole number above 0.");
  return seq;
}

function limitOf(text: string): number {
  if (text === "all") return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (!/^\d{1,9}$/.test(text) || limit === 0) throw new InvalidArgumentError("A limit is a whole number above 0, or all.");
  return limit;
}
