// Which run folder a person means: a path, the name of a scenario (its newest run), the time of a run, or the start of its hash.
// It must never read more of a run than its manifest.

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { nearestKey, SeatrialError } from "../domain/index.ts";
import { isDatabase } from "./database-file.ts";
import { folderName } from "./run-folder.ts";

const manifestFile = "manifest.json";
/** Shorter starts of a hash could be a scenario's name, or anybody's run. */
const hashDigitsMin = 6;

/**
 * @param wanted a run folder; a folder that holds runs; a scenario; a run's time as its folder is named; 6 digits or more of a run hash
 * @param reports the folder of reports
 * @throws SeatrialError `run_not_found`, `not_a_run`
 */
export async function findRun(wanted: string, reports: string): Promise<string> {
  if (await isFolder(wanted)) return await runIn(wanted);
  const scenarios = await scenariosIn(reports);
  const scenario = folderName(wanted);
  if (scenarios.includes(scenario)) return await runIn(join(reports, scenario));
  const found = await newestOf(await matching(wanted, reports, scenarios));
  if (found !== null) return found;
  if (isDatabase(wanted))
    throw new SeatrialError({
      code: "not_a_run",
      reason: `${wanted} is a database, and no run folder`,
      hint: "of a session's journal: seatrial report telemetry, seatrial fills, seatrial audit, seatrial journal",
      place: { file: wanted },
    });
  const near = nearestKey(wanted, scenarios);
  const known = scenarios.length === 0 ? `${reports} holds no run: seatrial simulate writes some` : `in ${reports}: ${listed(scenarios)}`;
  throw new SeatrialError({
    code: "run_not_found",
    reason: `there is no run "${wanted}"`,
    hint: near === null ? known : `did you mean "${near}"?`,
  });
}

/** The folder itself where it is a run, else the newest run directly in it. */
async function runIn(folder: string): Promise<string> {
  if (await isRun(folder)) return folder;
  const newest = await newestOf((await foldersOf(folder)).map((name) => join(folder, name)));
  if (newest !== null) return newest;
  throw new SeatrialError({
    code: "not_a_run",
    reason: `${folder} is no run folder and holds none: there is no ${manifestFile}`,
    hint: "name a folder that seatrial simulate has written, a scenario or a run hash",
  });
}

async function matching(wanted: string, reports: string, scenarios: readonly string[]): Promise<string[]> {
  const byHash = /^[0-9a-f]+$/.test(wanted) && wanted.length >= hashDigitsMin;
  const found: string[] = [];
  for (const scenario of scenarios) {
    for (const run of await foldersOf(join(reports, scenario))) {
      const folder = join(reports, scenario, run);
      if (run === wanted || (byHash && (await hashOf(folder)).startsWith(wanted))) found.push(folder);
    }
  }
  return found;
}

/** Other reports may lie beside the runs: a scenario's folder holds one. */
async function scenariosIn(reports: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await foldersOf(reports)) {
    const folder = join(reports, name);
    if ((await newestOf((await foldersOf(folder)).map((run) => join(folder, run)))) !== null) found.push(name);
  }
  return found;
}

/** The names of runs are their times: the last in order is the newest. */
async function newestOf(folders: readonly string[]): Promise<string | null> {
  const byTime = folders.map((folder) => ({ folder, time: folder.slice(Math.max(0, folder.lastIndexOf("/"), folder.lastIndexOf("\\")) + 1) }));
  for (const { folder } of byTime.sort((a, b) => (a.time > b.time ? -1 : 1))) if (await isRun(folder)) return folder;
  return null;
}

async function hashOf(folder: string): Promise<string> {
  if (!(await isRun(folder))) return "";
  const match = /"run": ?"([0-9a-f]+)"/.exec(await readFile(join(folder, manifestFile), "utf8"));
  return match?.[1] ?? "";
}

async function isRun(folder: string): Promise<boolean> {
  return (await kindOf(join(folder, manifestFile))) === "file";
}

async function isFolder(path: string): Promise<boolean> {
  return (await kindOf(path)) === "folder";
}

/** A run that is being written has a name with a dot in front. */
async function foldersOf(folder: string): Promise<string[]> {
  if (!(await isFolder(folder))) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort();
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return null;
    throw error;
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
