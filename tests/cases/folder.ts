// A folder of case files and the series they name. Reads only; every problem of the folder is a typed error, exit code 3.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { SeatrialError } from "../../src/domain/index.ts";
import type { Case, Json, SeriesReader } from "./case.ts";

/** Every case of the `*.json` files directly in a folder, files in order of name. */
export function readCases(folder: string): Case[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new SeatrialError({ code: "missing_folder", reason: `there is no folder ${folder}`, hint: "name a folder of conformance cases" });
  }
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort((a, b) => (a < b ? -1 : 1));
  if (files.length === 0) {
    throw new SeatrialError({ code: "no_cases", reason: `${folder} has no *.json file`, hint: "each file is a JSON array of cases" });
  }
  return files.flatMap((name) => casesOf(join(folder, name)));
}

function casesOf(path: string): Case[] {
  const content = readJson(path);
  if (!Array.isArray(content)) throw badFile(path, "is not a JSON array of cases");
  const file = basename(path);
  return content.map((body: unknown, at) => {
    if (typeof body !== "object" || body === null) throw badFile(path, `holds something else than a case at position ${at}`);
    const { id, kind, class: verdict } = body as Json;
    if (typeof id !== "string" || typeof kind !== "string" || typeof verdict !== "string")
      throw badFile(path, `has a case without id, kind or class at position ${at}`);
    return { id, kind, class: verdict, file, body: body as Json };
  });
}

/** Looks a series up in `<folder>/data`, then in `<shared>/data`; each file is read once. */
export function seriesReader(folder: string, shared: string | undefined): SeriesReader {
  const places = [folder, ...(shared === undefined || shared === "" ? [] : [shared])].map((place) => join(place, "data"));
  const known = new Map<string, unknown>();
  return (name) => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    // A case names a file, not a way out of its folder.
    const found = basename(name) === name ? places.map((place) => join(place, name)).find((path) => existsSync(path)) : undefined;
    if (found === undefined) {
      throw new SeatrialError({
        code: "missing_series",
        reason: `the series ${name} is in none of ${places.join(", ")}`,
        hint: "set SEATRIAL_CASES to the folder whose data/ has it",
      });
    }
    const series = readJson(found);
    known.set(name, series);
    return series;
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new SeatrialError({ code: "bad_case_file", reason: `it is not readable JSON: ${String(error)}`, place: { file: path }, cause: error });
  }
}

function badFile(path: string, problem: string): SeatrialError {
  return new SeatrialError({
    code: "bad_case_file",
    reason: `it ${problem}`,
    place: { file: path },
    hint: "each file is a JSON array of {id, kind, class, …}",
  });
}
