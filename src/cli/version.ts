// What this copy of Seatrial is and brings along: its version, its scenarios.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** From its own package.json: two folders up from src/cli and from dist/cli alike. */
export function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}

/** The folder of the scenarios that come along, as it is named from the working folder where that is shorter. */
export function shippedScenarios(): string {
  const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url)).replace(/[\\/]$/, "");
  const near = relative(process.cwd(), folder);
  return near !== "" && near.length < folder.length ? near : folder;
}
