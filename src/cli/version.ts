// What this copy of Seatrial is and brings along: its version, its scenarios.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

import { ownFile } from "../session/own-files.ts";

/** From its own package.json. */
export function ownVersion(): string {
  const text = readFileSync(ownFile("package.json"), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}

/** The folder of the scenarios that come along, as it is named from the working folder where that is shorter. */
export function shippedScenarios(): string {
  const folder = fileURLToPath(ownFile("scenarios/")).replace(/[\\/]$/, "");
  const near = relative(process.cwd(), folder);
  return near !== "" && near.length < folder.length ? near : folder;
}
