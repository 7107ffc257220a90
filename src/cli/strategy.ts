// `seatrial strategy list | new | check`: the built-in strategies, a start for one of your own, and what is wrong with it.

import { InvalidArgumentError, Option, type Command } from "commander";

import { ExitCode } from "../domain/errors.ts";
import type { Cli } from "./cli.ts";
import { traitsOf } from "./io.ts";
import type { CheckFlags } from "./strategy-check.ts";

/** Templates of `strategy new`; each is a strategy and a scenario in fixtures/strategies/templates. */
const templates = ["minimal", "dca"] as const;

export function addStrategy(program: Command, cli: Cli): void {
  const strategy = program.command("strategy").summary("list, start and check strategies").description("Strategies: built in, and your own.");
  addList(strategy, cli);
  addNew(strategy, cli);
  addCheck(strategy, cli);
}

function addList(strategy: Command, cli: Cli): void {
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
        const { tableText } = await import("../report/terminal/table.ts");
        const rows = definitions.map(({ name, defaults }) => [name, Object.keys(defaults).join(", ")]);
        const columns = [{ title: "strategy" }, { title: "parameters", flexible: true }];
        cli.io.stdout.write(`${tableText(columns, rows, traitsOf(cli.io.stdout).width)}\n`);
      }
      cli.finish(ExitCode.ok);
    });
}

function addNew(strategy: Command, cli: Cli): void {
  strategy
    .command("new")
    .summary("write a strategy file and a first scenario")
    .description("Writes <name>.ts, a strategy with every hook that a live session requires, and <name>.json, a scenario that runs it.")
    .argument("<name>", "letters, digits and dashes: my-bot")
    .addOption(new Option("--template <name>", "what to start from").choices(templates).default("minimal"))
    .option("--out <folder>", "where to write", ".")
    .option("--json", "print JSON alone on stdout")
    .action(async (name: string, flags: { readonly template: string; readonly out: string; readonly json?: true }) => {
      const { writeStrategy } = await import("./strategy-new.ts");
      const written = await writeStrategy(name, flags.template, flags.out);
      const { strategy: file, scenario } = written;
      const next = `wrote ${file} and ${scenario}\nnext: seatrial strategy check ${file}\n      seatrial simulate ${scenario}\n`;
      cli.io.stdout.write(flags.json === true ? `${JSON.stringify(written)}\n` : next);
      cli.finish(ExitCode.ok);
    });
}

function addCheck(strategy: Command, cli: Cli): void {
  strategy
    .command("check")
    .summary("look for look-ahead, chance, lost state and other faults of a strategy")
    .description(
      "Runs a strategy on generated markets and on bars of your own: again, with another future, at another time, restarted; and says what differs. " +
        "Exit code 2 when there is an error among the findings.",
    )
    .argument("<file|name>", "a .ts or .js file, or the name of a built-in strategy")
    .option("--data <file>", "bars of your own, beside the generated ones: CSV, JSON rows, Arrow or Feather")
    .option("--symbol <symbol>", "market in ccxt's form; without a settlement currency it is spot", "HYPE/USDC:USDC")
    .option("--price <decimal>", "price at which the generated markets start", "100")
    .option("--params <json|file>", "the strategy's parameters, as JSON or as a file of it", "{}")
    .option("--timeframes <list>", "longer timeframes that it reads: 5m,1h")
    .addOption(new Option("--position-mode <mode>", "default: hedge, on spot one_way").choices(["hedge", "one_way"]))
    .option("--max-orders <n>", "requests at one bar, at most; a twentieth of it on average", countOf, 40)
    .option("--seed <n>", "seed of the generated markets", countOf, 1)
    .option("--timeout <seconds>", "how long one run may take before it counts as endless", countOf, 30)
    .option("--json", "print JSON alone on stdout")
    .action(async (use: string, flags: CheckFlags) => {
      const { runStrategyCheck } = await import("./strategy-check.ts");
      cli.finish(await runStrategyCheck(use, flags, cli.io));
    });
}

function countOf(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000_000) throw new InvalidArgumentError("A whole number from 1 to 1000000.");
  return value;
}
