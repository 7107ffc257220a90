// Runs the quality check over files and folders and tells what it found. Loaded on use; holds no rule.

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { ExitCode, SeatrialError, nearestKey } from "../domain/index.ts";
import { checkFile, findingKinds, type FileQuality, type Finding, type FindingPlace } from "../market/index.ts";
import { oneLine, worstExitCode } from "../report/outcome.ts";
import { tableText } from "../report/terminal/table.ts";
import { createSha256 } from "../session/sha256.ts";
import { formOf, type FormFlags } from "./bars-options.ts";
import { traitsOf, type Io } from "./io.ts";
import { isFolder } from "./targets.ts";

export interface CheckFlags extends FormFlags {
  readonly json?: true;
  readonly strict?: true;
  readonly jump?: number;
  readonly places?: number;
  readonly ignore?: readonly string[];
}

/** A file to examine; one that was found in a folder need not be bars. */
interface Target {
  readonly file: string;
  readonly found: boolean;
}

/** Checks files and all files of folders, prints findings as they come. @returns 0, or 3 when a file has a flaw */
export async function checkTargets(targets: readonly string[], flags: CheckFlags, io: Io): Promise<ExitCode> {
  assertKinds(flags.ignore ?? []);
  const files = await filesOf(targets);
  const checked: FileQuality[] = [];
  let exitCode: ExitCode = ExitCode.ok;
  for (const { file, found } of files) {
    const quality = withoutIgnored(await check(file, flags), flags.ignore ?? [], found);
    checked.push(quality);
    exitCode = worstExitCode([exitCode, exitCodeOf(quality.findings, flags.strict === true)]);
    if (flags.json !== true) io.stdout.write(`${textOf(quality, traitsOf(io.stdout).width)}\n`);
  }
  const single = files.length === 1 && files[0]?.found === false;
  if (flags.json === true) io.stdout.write(`${JSON.stringify(single ? checked[0] : checked)}\n`);
  else if (!single) io.stdout.write(`\n${totalOf(checked)}\n`);
  return exitCode;
}

function check(file: string, flags: CheckFlags): Promise<FileQuality> {
  return checkFile(file, {
    createSha256,
    form: formOf(flags),
    now: Date.now(),
    ...(flags.timeframe === undefined ? {} : { timeframe: flags.timeframe }),
    ...(flags.jump === undefined ? {} : { jumpFactor: flags.jump }),
    ...(flags.places === undefined ? {} : { placesMax: flags.places }),
  });
}

function exitCodeOf(findings: readonly Finding[], strict: boolean): ExitCode {
  return findings.some(({ severity }) => strict || severity === "error") ? ExitCode.input : ExitCode.ok;
}

function assertKinds(kinds: readonly string[]): void {
  for (const kind of kinds) {
    if (findingKinds.includes(kind)) continue;
    const near = nearestKey(kind, findingKinds);
    throw new SeatrialError({
      code: "bad_arguments",
      reason: `there is no finding of kind "${oneLine(kind.slice(0, 40))}"`,
      hint: near === null ? `kinds: ${findingKinds.join(", ")}` : `did you mean "${near}"?`,
    });
  }
}

// ---- which files --------------------------------------------------------------------------------------------------

const endings = /\.(?:csv|json|jsongz|feather|arrow|arrows|ipc|parquet|zip)(?:\.gz)?$/i;

async function filesOf(targets: readonly string[]): Promise<Target[]> {
  const files: Target[] = [];
  for (const target of targets) {
    if (!(await isFolder(target))) {
      files.push({ file: target, found: false });
      continue;
    }
    const names = await readdir(target, { recursive: true });
    const inside = names.filter((name) => endings.test(name) && !/(?:^|[/\\])\./.test(name)).sort((a, b) => (a < b ? -1 : 1));
    if (inside.length === 0) {
      throw new SeatrialError({ code: "no_bars", reason: "there is no file of bars in this folder", hint: "name a file", place: { file: target } });
    }
    files.push(...inside.map((name) => ({ file: join(target, name), found: true })));
  }
  return files;
}

/** Refusals that say: these are no bars. In a folder such files lie beside bars by right. */
const otherContent: ReadonlySet<string> = new Set([
  "column_missing",
  "header_unknown",
  "file_not_text",
  "format_unknown",
  "bad_json",
  "bad_column",
  "no_rows",
]);

function withoutIgnored(quality: FileQuality, ignored: readonly string[], found: boolean): FileQuality {
  const noBars = found && quality.rows === 0 && quality.refusal !== null && otherContent.has(quality.refusal);
  const findings = noBars ? [] : quality.findings.filter(({ kind }) => !ignored.includes(kind));
  return { ...quality, findings };
}

// ---- how it is told -----------------------------------------------------------------------------------------------

function textOf(quality: FileQuality, width: number): string {
  const { file, format, rows, from, to, timeframe, sha256, findings, refusal } = quality;
  if (rows === 0 && findings.length === 0) return `${oneLine(file)}\n  no bars (${refusal ?? "empty"})`;
  const span = from === null || to === null ? "" : `, ${isoTime(from)} to ${isoTime(to)}`;
  const head = [oneLine(file), `  ${format}, ${rows} rows${timeframe === null ? "" : ` of ${timeframe}`}${span}`, `  sha256 ${sha256}`];
  if (findings.length === 0) return [...head, "  nothing found"].join("\n");
  const columns = [
    { title: "finding" },
    { title: "severity" },
    { title: "count", align: "right" },
    { title: "first places", flexible: true },
  ] as const;
  const room = width - Math.max(...findings.map(({ kind }) => kind.length)) - otherColumns;
  const lines = findings.map(({ kind, severity, count, places }) => [
    kind,
    severity,
    String(count),
    places.map((place) => placeText(place, room)).join("\n"),
  ]);
  return [...head, tableText(columns, lines, width)].join("\n");
}

/** Width of everything in a row but the kind's name and the places. */
const otherColumns = 26;

/** Where and what, on two lines when one has no room: a time must not be torn apart. */
function placeText({ row, line, time, detail }: FindingPlace, room: number): string {
  const where = [...(row === null ? [] : [`row ${row}`]), ...(line === null ? [] : [`line ${line}`]), ...(time === null ? [] : [isoTime(time)])].join(
    ", ",
  );
  const what = oneLine(detail);
  if (where === "") return what;
  const both = `${where}: ${what}`;
  return both.length <= room ? both : `${where}\n  ${what}`;
}

function totalOf(checked: readonly FileQuality[]): string {
  const bars = checked.filter(({ rows, findings }) => rows > 0 || findings.length > 0);
  const count = (severity: string): number => bars.filter(({ findings }) => findings.some((finding) => finding.severity === severity)).length;
  const others = checked.length - bars.length;
  const words = [
    `${bars.length} ${bars.length === 1 ? "file" : "files"} of bars`,
    `${count("error")} with errors`,
    `${count("warning")} with warnings`,
    `${count("note")} with notes`,
  ];
  return `${words.join(", ")}${others === 0 ? "" : `; ${others} other ${others === 1 ? "file" : "files"}`}`;
}

function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString().replace(".000Z", "Z") : `${time} ms`;
}
