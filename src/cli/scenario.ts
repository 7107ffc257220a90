// `seatrial scenario schema | check`: the form of a scenario file, and whether files have it. Runs nothing.

import type { Command } from "commander";

import { ExitCode } from "../domain/errors.ts";
import { worstExitCode } from "../report/outcome.ts";
import type { Cli } from "./cli.ts";
import { isFolder } from "./targets.ts";

export function addScenario(program: Command, cli: Cli): void {
  const scenario = program.command("scenario").summary("check scenario files").description("The form of scenario files.");
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
        import("../report/batch.ts"),
        import("../report/machine.ts"),
        import("../report/terminal.ts"),
        import("../report/paint.ts"),
        import("./simulate-rooms.ts"),
      ]);
      const checks = await checkBatch(targets, simulateRooms({}, cli.io.env));
      const single = targets.length === 1 && !(await isFolder(targets[0] ?? ""));
      cli.io.stdout.write(flags.json === true ? checkMachineText(checks, single) : checksText(checks, paintOf(cli.io.stdout.colours)));
      cli.finish(worstExitCode(checks.map(({ error }) => error?.exitCode ?? ExitCode.ok)));
    });
}
