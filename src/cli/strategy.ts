// `seatrial strategy list`: the built-in strategies with their parameters.

import type { Command } from "commander";

import { ExitCode } from "../domain/errors.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";

export function addStrategy(program: Command, cli: Cli): void {
  const strategy = program.command("strategy").summary("strategies that come with Seatrial").description("Strategies that come with Seatrial.");
  strategy
    .command("list")
    .summary("list the built-in strategies with their parameters")
    .description("Lists the built-in strategies; with --json, each with its parameters and their defaults.")
    .option("--json", "print JSON alone on stdout")
    .action(async (flags: { readonly json?: true }) => {
      const { builtinStrategies } = await import("../strategy/index.ts");
      const definitions = Object.values(builtinStrategies).sort((a, b) => (a.name < b.name ? -1 : 1));
      if (flags.json === true) {
        cli.io.stdout.write(`${JSON.stringify(definitions.map(({ name, defaults }) => ({ name, defaults })))}\n`);
      } else {
        const { tableText } = await import("../report/table.ts");
        const rows = definitions.map(({ name, defaults }) => [name, Object.keys(defaults).join(", ")]);
        const columns = [{ title: "strategy" }, { title: "parameters", flexible: true }];
        cli.io.stdout.write(`${tableText(columns, rows, traitsOf(cli.io.stdout).width)}\n`);
      }
      cli.finish(ExitCode.ok);
    });
}
