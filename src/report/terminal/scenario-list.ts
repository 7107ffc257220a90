// A list of scenarios as a table: what each is called, what its bars are, and what it is about. Text only.

import type { ScenarioDescription } from "../../scenario/index.ts";
import type { Listing } from "../batch.ts";
import { oneLine } from "../outcome.ts";
import { errorObject } from "../result.ts";
import { tableText } from "./table.ts";
import type { Screen } from "./screen.ts";

/** The table, then a line for each file that is no scenario. Ends with a line break. */
export function listText(listings: readonly Listing[], { width, paint }: Screen): string {
  const scenarios = listings.flatMap(({ scenario }) => (scenario === null ? [] : [scenario]));
  const errors = listings.flatMap(({ error }) => (error === null ? [] : [`${paint("red", "✖ error")} ${oneLine(error.message)}`]));
  const columns = [{ title: "scenario" }, { title: "bars", dispensable: true }, { title: "why", flexible: true }];
  const rows = scenarios.map(({ name, bars, why }) => [name, bars.join(", "), firstThought(oneLine(why))]);
  const table = scenarios.length === 0 ? [] : [tableText(columns, rows, width), `${scenarios.length} scenario${scenarios.length === 1 ? "" : "s"}`];
  return [...table, ...errors].map((line) => `${line}\n`).join("");
}

/** A list of descriptions on one line; a file that is no scenario is `{error}`. */
export function listMachineText(listings: readonly Listing[]): string {
  const objects = listings.map(({ scenario, error }): ScenarioDescription | { readonly error: object } =>
    error === null ? scenario : { error: errorObject(error) },
  );
  return `${JSON.stringify(objects)}\n`;
}

/** Up to the first full stop or colon behind a thought; the arithmetic that follows is for the file's readers. */
function firstThought(text: string): string {
  return /^.{20,}?[.:](?=\s|$)/.exec(text)?.[0].replace(/[.:]$/, "") ?? text;
}
