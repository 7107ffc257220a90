// Writes index.html and coverage.json beside the folders of the runs. Each appears whole or not at all; where a page cannot be
// made, what a run has left stays as it is.

import { access, rename, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import type { LifecycleCoverage } from "../lifecycle/lifecycle.ts";
import type { Outcome, RunFigures } from "../outcome.ts";
import { makeFolders, partialName, refusalOf } from "../output-folder.ts";
import { renderIndexPage } from "./index.ts";
import type { IndexEntry } from "./view.ts";

export interface IndexFiles {
  /** The folder that holds the reports of all scenarios. */
  readonly out: string;
  /** As of `RunFolderOptions`. */
  readonly tag: string;
  readonly files: readonly { readonly file: string; readonly outcome: Outcome<RunFigures> }[];
  readonly coverage: LifecycleCoverage;
  readonly time: Date;
  readonly version: string;
}

/** @returns the page's path. @throws SeatrialError `output_not_writable`, and where this installation is damaged */
export async function writeIndex({ out, tag, files, coverage, time, version }: IndexFiles): Promise<string> {
  const entries = await Promise.all(
    files.map(async ({ file, outcome }): Promise<IndexEntry> => ({ file, outcome, link: await linkOf(out, outcome.folder) })),
  );
  const page = renderIndexPage({ entries, coverage, time, version });
  try {
    await makeFolders(out);
    await put(out, tag, "coverage.json", `${JSON.stringify(coverage, null, 2)}\n`);
    return await put(out, tag, "index.html", page);
  } catch (error) {
    throw refusalOf(out, error);
  }
}

async function put(out: string, tag: string, name: string, text: string): Promise<string> {
  const partial = join(out, partialName(tag, name));
  await writeFile(partial, text);
  await rename(partial, join(out, name));
  return join(out, name);
}

/** The run's page where it has one, else its results. */
async function linkOf(out: string, folder: string | null): Promise<string | null> {
  if (folder === null) return null;
  const page = await access(join(folder, "report.html")).then(
    () => "report.html",
    () => "result.json",
  );
  return relative(out, join(folder, page)).split(sep).map(encodeURIComponent).join("/");
}
