// The version of this copy of Seatrial.

import { readFileSync } from "node:fs";

/** From its own package.json: two folders up from src/cli and from dist/cli alike. */
export function ownVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
