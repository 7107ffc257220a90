// Finds scenario files: named ones as they are, folders to their bottom, in an order that no file system decides.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { SeatrialError } from "../domain/index.ts";

const scenarioName = /\.(json|ya?ml)$/i;
/** Files of `seatrial sweep`, which name scenarios and are none. */
const sweepName = /\.sweep\.(json|ya?ml)$/i;
const schemaName = /\.schema\.json$/i;

/** A folder that holds this is that of a run; beside an index page this is a part of it. */
const runMark = "journal.ndjson";
const indexPart = "coverage.json";

/** A folder tree deeper than this is a loop or a mistake. */
const maxFolderDepth = 16;

/**
 * Files of the given files and folders, folders sorted by path, each file once.
 * @throws SeatrialError `file_missing`, `not_a_scenario`, `no_scenarios`; exit code 3
 */
export async function listScenarios(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) files.push(...(await listOne(path)));
  return [...new Set(files)];
}

async function listOne(path: string): Promise<string[]> {
  const facts = await stat(path).catch((error: unknown) => {
    throw new SeatrialError({
      code: "file_missing",
      reason: "there is no such file or folder",
      hint: "check the path",
      place: { file: path },
      cause: error,
    });
  });
  if (!facts.isDirectory()) {
    const isSweep = sweepName.test(path);
    if (scenarioName.test(path) && !isSweep) return [path];
    const hint = isSweep ? "a sweep is run by seatrial sweep" : "scenario files end in .json, .yaml or .yml";
    throw new SeatrialError({ code: "not_a_scenario", reason: "the file's name is no scenario's", hint, place: { file: path } });
  }
  const found = await listFolder(path, 0);
  if (found.length > 0) return found;
  throw new SeatrialError({
    code: "no_scenarios",
    reason: "the folder holds no scenario files",
    hint: "name a folder with .json or .yaml files",
    place: { file: path },
  });
}

async function listFolder(folder: string, depth: number): Promise<string[]> {
  if (depth > maxFolderDepth) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new SeatrialError({
      code: "file_unreadable",
      reason: "the folder cannot be read",
      hint: "check its permissions",
      place: { file: folder },
      cause: error,
    });
  });
  const names = new Set(entries.map(({ name }) => name));
  // Reports may lie among the scenarios (`simulate .`): what a run has left is none.
  if (names.has(runMark)) return [];
  const isIndexed = names.has("index.html");
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const path = join(folder, entry.name);
    // Links to folders are not followed: they could lead round in circles.
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules" && !entry.name.startsWith(".")) files.push(...(await listFolder(path, depth + 1)));
    } else if (isScenarioName(entry.name) && !(isIndexed && entry.name === indexPart)) files.push(path);
  }
  return files;
}

function isScenarioName(name: string): boolean {
  return scenarioName.test(name) && !schemaName.test(name) && !sweepName.test(name) && !name.startsWith(".");
}
