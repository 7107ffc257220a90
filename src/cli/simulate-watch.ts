// `simulate --watch`: runs everything once, then again what is made of files that have changed, until Ctrl-C. Files are looked at
// by their size and time, because notices of a file system neither cross a network nor survive an editor that writes a file
// anew. A change counts when two looks in a row agree on it: a half-written file is not run.

import type { EventEmitter } from "node:events";
import { stat } from "node:fs/promises";
import { relative, resolve } from "node:path";

import { ExitCode } from "../domain/errors.ts";
import { listFiles } from "../report/batch.ts";
import { oneLine } from "../report/outcome.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { listScenarios } from "../scenario/list.ts";
import { scenarioFiles } from "../scenario/scenario-files.ts";
import { strategyFiles } from "../session/strategy-files.ts";
import { printError } from "./errors.ts";
import { traitsOf, type Io } from "./io.ts";
import type { KnownFile, SimulateRequest } from "./simulate-request.ts";

const lookMs = 300;
const shownNames = 5;
/** A strategy's name, without folder and ending. */
const builtIn = /^[\w-]+$/;
const interruptions = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What watching needs of the rest. */
export interface WatchParts {
  /** Runs a request. @param remember told what is known of all scenarios afterwards @returns its exit code, 130 when interrupted */
  run(request: SimulateRequest, remember: (files: readonly KnownFile[]) => void): Promise<ExitCode>;
  /** Absolute paths of the files that a scenario is made of. */
  filesOf(scenario: string): Promise<readonly string[]>;
  /** Where SIGINT and its like are heard. */
  readonly signals: EventEmitter;
  /** Wall clock in ms. */
  readonly now: () => number;
}

/** Absolute paths of the files that a scenario is made of under a request: itself, its data, its strategy's code. */
export async function watchedFiles(scenario: string, { overrides }: SimulateRequest, env: Io["env"]): Promise<readonly string[]> {
  const { files, strategy } = await scenarioFiles(scenario, env);
  const instead = overrides.strategy === undefined || builtIn.test(overrides.strategy) ? [] : [resolve(overrides.strategy)];
  const code = await Promise.all([...(strategy === null ? [] : [strategy]), ...instead].map(strategyFiles));
  return [...new Set([...files, ...code.flat()])];
}

/** What a look has seen: for each scenario its files, each with its size and time. */
type Look = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Runs until it is interrupted. @returns 130 */
export async function watchSimulate(request: SimulateRequest, io: Io, parts: WatchParts): Promise<ExitCode> {
  const pause = new Pause(parts.signals);
  try {
    let seen = await lookAt(request.targets, parts, new Map());
    let asked: SimulateRequest = request;
    let memory: readonly KnownFile[] = [];
    for (;;) {
      const remember = (files: readonly KnownFile[]): void => {
        memory = files;
      };
      if ((await runOnce(asked, io, parts, remember)) === ExitCode.interrupted || pause.ended) return ExitCode.interrupted;
      const { size: length } = new Set([...seen.values()].flatMap((files) => [...files.keys()]));
      const time = new Date(parts.now()).toTimeString().slice(0, 8);
      note(io, `${time} watching ${counted(seen.size, "scenario")} made of ${counted(length, "file")}; Ctrl-C ends`);
      const next = await nextChange(seen, request.targets, parts, pause);
      if (next === null) return ExitCode.interrupted;
      note(io, `changed: ${namesText(next.files)}`);
      seen = next.look;
      memory = memory.filter(({ file }) => next.look.has(file));
      asked = { ...request, targets: next.scenarios, single: next.scenarios.length === 1, memory };
    }
  } finally {
    pause.close();
  }
}

// A run that breaks off is told like everywhere, and does not end the watching.
async function runOnce(request: SimulateRequest, io: Io, parts: WatchParts, remember: (files: readonly KnownFile[]) => void): Promise<ExitCode> {
  try {
    return await parts.run(request, remember);
  } catch (error) {
    return await printError(error, { json: false, io });
  }
}

interface Change {
  readonly look: Look;
  /** Scenarios to run again. */
  readonly scenarios: readonly string[];
  /** What has changed, gone or come. */
  readonly files: readonly string[];
}

/** Waits for a change that stands still. @returns null when interrupted */
async function nextChange(seen: Look, targets: readonly string[], parts: WatchParts, pause: Pause): Promise<Change | null> {
  let before = seen;
  while (await pause.wait(lookMs)) {
    const look = await lookAt(targets, parts, before);
    const settled = differences(before, look).files.length === 0;
    const { scenarios, files } = differences(seen, look);
    if (settled && scenarios.length > 0) return { look, scenarios, files };
    before = look;
  }
  return null;
}

/** @param before what is made of the same files as then is not read again */
async function lookAt(targets: readonly string[], parts: WatchParts, before: Look): Promise<Look> {
  const found = await listFiles(targets, { list: (target) => listScenarios([target]) });
  const states = new Map<string, string>();
  const stateOf = async (file: string): Promise<string> => {
    const known = states.get(file);
    if (known !== undefined) return known;
    const state = await stat(file, { bigint: true }).then(
      ({ mtimeNs, size, ino }) => `${mtimeNs}/${size}/${ino}`,
      () => "absent",
    );
    states.set(file, state);
    return state;
  };
  const statesOf = async (files: Iterable<string>): Promise<Map<string, string>> => {
    const own = new Map<string, string>();
    for (const file of files) own.set(file, await stateOf(file));
    return own;
  };
  const look = new Map<string, ReadonlyMap<string, string>>();
  for (const { file } of found) {
    const earlier = before.get(file);
    const same = earlier === undefined ? null : await statesOf(earlier.keys());
    const unchanged = same !== null && [...same].every(([each, state]) => earlier?.get(each) === state);
    look.set(file, unchanged ? same : await statesOf(await parts.filesOf(file)));
  }
  return look;
}

/** Scenarios whose files differ or are others, and the files. A scenario that is gone needs no run. */
function differences(before: Look, after: Look): Omit<Change, "look"> {
  const scenarios: string[] = [];
  const files = new Set<string>();
  for (const [scenario, own] of after) {
    const earlier = before.get(scenario);
    const changed = [...own].filter(([file, state]) => earlier?.get(file) !== state).map(([file]) => file);
    const dropped = [...(earlier?.keys() ?? [])].filter((file) => !own.has(file));
    if (changed.length + dropped.length > 0) scenarios.push(scenario);
    for (const file of [...changed, ...dropped]) files.add(file);
  }
  for (const scenario of before.keys()) if (!after.has(scenario)) files.add(resolve(scenario));
  return { scenarios, files: [...files] };
}

/** Waiting that a signal ends. */
class Pause {
  ended = false;
  private wake: () => void = () => undefined;
  declare private readonly signals: EventEmitter;
  declare private readonly hear: () => void;

  constructor(signals: EventEmitter) {
    this.signals = signals;
    this.hear = () => {
      this.ended = true;
      // An impatient second Ctrl-C has its usual effect: the process dies at once.
      this.close();
      this.wake();
    };
    for (const signal of interruptions) signals.on(signal, this.hear);
  }

  /** @returns false when interrupted */
  async wait(millis: number): Promise<boolean> {
    if (!this.ended) {
      await new Promise<void>((resolved) => {
        const timer = setTimeout(resolved, millis);
        this.wake = () => {
          clearTimeout(timer);
          resolved();
        };
      });
    }
    return !this.ended;
  }

  close(): void {
    for (const signal of interruptions) this.signals.off(signal, this.hear);
  }
}

function note(io: Io, text: string): void {
  io.stderr.write(`${paintOf(traitsOf(io.stderr).colours)("cyan", text)}\n`);
}

function namesText(files: readonly string[]): string {
  const names = files.slice(0, shownNames).map((file) => oneLine(nearName(file)));
  return `${names.join(", ")}${files.length > shownNames ? ` and ${files.length - shownNames} more` : ""}`;
}

/** As it is named from the working folder where that is shorter. */
function nearName(file: string): string {
  const near = relative(process.cwd(), file);
  return near.length < file.length ? near : file;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
