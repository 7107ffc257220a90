// `seatrial audit`: an independent reader goes over what a session has recorded. Reads options; the journal room's auditor judges.

import type { AuditFlags } from "./audit-run.ts";
import type { Cli } from "./cli.ts";
import type { Command } from "commander";

export function addAudit(program: Command, cli: Cli): void {
  program
    .command("audit")
    .summary("check a run's records with an independent reader")
    .description(
      "Works out positions, P&L, fees, funding, equity and the fate of every order anew from the records of a run, and compares them\n" +
        "with what the runner recorded, what the venue did and what the result says. It shares no code with runner and venue.",
    )
    .argument("<run|journal...>", "run folders, scenarios (their newest runs), times or hashes of runs, or journals of sessions")
    .option("--venue <tape>", "the venue's tape, of one run (default: venue.ndjson in the folder)")
    .option("--scenario <file>", "where the scenario of the run is now, for its bars (default: where it was)")
    .option("--reports <folder>", "folder of reports", "reports")
    .option("--json", "print JSON alone on stdout")
    .action(async (wanted: string[], flags: AuditFlags) => {
      const { runAudit } = await import("./audit-run.ts");
      cli.finish(await runAudit(wanted, flags, cli.io));
    });
}
