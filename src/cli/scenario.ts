// `seatrial scenario list | check | schema`: which scenarios there are, whether files are such, and the form of one. Runs nothing.

import type { Command } from "commander";

import { ExitCode } from "../domain/errors.ts";
import { worstExitCode } from "../report/outcome.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";
import { isFolder } from "./targets.ts";
import { shippedScenarios } from "./version.ts";

export function addScenario(program: Command, cli: Cli): void {
  const scenario = program
    .command("scenario")
    .summary("list and check scenario files")
    .description("Scenario files: which there are, and whether they are well formed.");
  addList(scenario, cli);
  scenario
    .command("schema")
    .summary("print the JSON Schema of a scenario file")
    .description("Prints the JSON Schema of a scenario file, for editors.")
    .option("--json", "print JSON alone on stdout (it always does)")
    .action(async () => {
      const { scenarioJsonSchema } = await import("../scenario/index.ts");
      cli.io.stdout.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
      cli.finish(ExitCode.ok);
    });
  scenario
    .command("check")
    .summary("validate scenario files without running them")
    .description("Reads scenario files, or every scenario in a folder, and says what is wrong with each. Runs nothing.")
    .argument("<file|folder...>", "scenario files, or folders that hold them")
    .option("--json", "print JSON alone on stdout")
    .action(async (targets: string[], flags: { readonly json?: true }) => {
      const [{ checkBatch }, { checkMachineText }, { checksText }, { paintOf }, { simulateRooms }] = await Promise.all([
        import("../report/check-files.ts"),
        import("../report/machine.ts"),
        import("../report/terminal/terminal.ts"),
        import("../report/terminal/paint.ts"),
        import("./simulate-rooms.ts"),
      ]);
      const checks = await checkBatch(targets, simulateRooms({}, cli.io.env));
      const single = targets.length === 1 && !(await isFolder(targets[0] ?? ""));
      const { width, colours } = traitsOf(cli.io.stdout);
      cli.io.stdout.write(flags.json === true ? checkMachineText(checks, single) : checksText(checks, { width, paint: paintOf(colours) }));
      cli.finish(worstExitCode(checks.map(({ error }) => error?.exitCode ?? ExitCode.ok)));
    });
}

function addList(scenario: Command, cli: Cli): void {
  scenario
    .command("list")
    .summary("list scenarios with what each is about")
    .description(
      "Lists scenario files, or all in a folder, with what each is about; without an argument those that come with Seatrial. Reads no bars.",
    )
    .argument("[file|folder...]", "scenario files, or folders that hold them")
    .option("--json", "print JSON alone on stdout: file, name, why, venue, strategy, symbols, bars")
    .action(async (targets: string[], flags: { readonly json?: true }) => {
      const [{ listBatch }, { describeScenario, listScenarios }, { listMachineText, listText }, { paintOf }] = await Promise.all([
        import("../report/batch.ts"),
        import("../scenario/index.ts"),
        import("../report/terminal/scenario-list.ts"),
        import("../report/terminal/paint.ts"),
      ]);
      const rooms = { list: (target: string) => listScenarios([target]), describe: describeScenario };
      const listings = await listBatch(targets.length === 0 ? [shippedScenarios()] : targets, rooms);
      const { width, colours } = traitsOf(cli.io.stdout);
      cli.io.stdout.write(flags.json === true ? listMachineText(listings) : listText(listings, { width, paint: paintOf(colours) }));
      cli.finish(worstExitCode(listings.map(({ error }) => error?.exitCode ?? ExitCode.ok)));
    });
}
