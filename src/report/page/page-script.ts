// The two scripts that a page carries: the page's own code and the chart library, read once a process from the files beside this one
// and from the installed package. It must change neither by a byte that matters.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ExitCode, SeatrialError } from "../../domain/index.ts";
import { isTyped, ownModule } from "../../session/own-files.ts";
import type { NoticeData } from "./browser/page-data.ts";
import { inlineScript } from "./inline-script.ts";
import { stripTypes } from "./strip-types.ts";

export interface PageScripts {
  readonly library: string;
  readonly page: string;
  readonly notice: NoticeData;
}

let loaded: PageScripts | null = null;

/** @throws SeatrialError `page_part_missing` where the chart library or a file of this package is not there */
export function pageScripts(): PageScripts {
  loaded ??= loadScripts();
  return loaded;
}

function loadScripts(): PageScripts {
  const folder = libraryFolder();
  const library = readPart(join(folder, "dist", "lightweight-charts.standalone.production.js"));
  return {
    library: insideScript(library),
    page: pageScript("main"),
    notice: { attribution: attributionOf(library), licence: readPart(join(folder, "LICENSE")) },
  };
}

/** The code of a page out of the modules in `browser/`, from its entry on. @throws SeatrialError `page_part_missing`, `page_script` */
export function pageScript(entry: string): string {
  return inlineScript(entry, readOwnModule);
}

/** In a checkout the sources without their types, in a package the compiled files. */
function readOwnModule(name: string): string {
  const source = readPart(ownModule(`report/page/browser/${name}`));
  return isTyped() ? stripTypes(source) : source;
}

function libraryFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("lightweight-charts/package.json"));
  } catch (cause) {
    throw missing("lightweight-charts", cause);
  }
}

/** The lines of the library's licence comment: its name and version, whose it is, its licence. The licence asks for them to be shown. */
function attributionOf(library: string): string[] {
  const [, comment = ""] = /^\/\*!([\s\S]*?)\*\//.exec(library) ?? [];
  return comment
    .split("\n")
    .map((line) => line.replace(/^\s*\*/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("@"));
}

/** In strings and patterns of JavaScript a backslash before these signs means nothing; in HTML it keeps the script element open. */
function insideScript(text: string): string {
  return text.replaceAll(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "<\\!--");
}

/** With the line breaks that an HTML parser makes of all others: the policy's hashes are of the text after parsing. */
function readPart(file: string | URL): string {
  try {
    return readFileSync(file, "utf8").replaceAll(/\r\n?/g, "\n");
  } catch (cause) {
    throw missing(String(file), cause);
  }
}

function missing(part: string, cause: unknown): SeatrialError {
  return new SeatrialError({
    code: "page_part_missing",
    reason: `a page cannot be made without ${part}`,
    hint: "install Seatrial again, or leave the page out",
    exitCode: ExitCode.dependency,
    cause,
  });
}
