// Hosts `seatrial strategy check`: two workers, one fresh for comparison and one that examines, each ended when the
// strategy does not return; prints what was found. It must stay free while a strategy runs.

import { Worker } from "node:worker_threads";

import { ExitCode, InvariantError, SeatrialError } from "../domain/errors.ts";
import { paintOf } from "../report/terminal/paint.ts";
import { tableText } from "../report/terminal/table.ts";
import { ownModule, threadFlags } from "../session/own-files.ts";
import { findingKinds, type Finding, type StrategyCheck } from "../session/index.ts";
import type { Io } from "./io.ts";
import { traitsOf } from "./io.ts";
import { hooks, type CheckMessage, type CheckRequest } from "./strategy-check-run.ts";

export interface CheckFlags {
  readonly data?: string;
  readonly symbol: string;
  readonly price: string;
  readonly params: string;
  readonly timeframes?: string;
  readonly positionMode?: "hedge" | "one_way";
  readonly maxOrders: number;
  readonly seed: number;
  readonly timeout: number;
  readonly json?: true;
}

/** @returns 2 when a finding is an error. @throws SeatrialError what keeps the strategy from being examined */
export async function runStrategyCheck(use: string, flags: CheckFlags, io: Io): Promise<ExitCode> {
  const { json, timeout, ...rest } = flags;
  const request: CheckRequest = { use, ...rest, beat: new SharedArrayBuffer(8), fresh: null };
  const first = await hostCheck(request, timeout);
  const ending = first.kind === "traced" ? await hostCheck({ ...request, fresh: first.requests }, timeout) : first;
  switch (ending.kind) {
    case "interrupted":
      return ExitCode.interrupted;
    case "failed":
      throw new SeatrialError(ending.error);
    case "traced":
      throw new InvariantError("strategy-check", "the examination answered as the fresh process does");
    case "stuck":
      return printed(stuck(use, ending), json === true, io);
    case "checked":
      return printed(ending.check, json === true, io);
  }
}

function printed(check: StrategyCheck, json: boolean, io: Io): ExitCode {
  const passed = check.findings.every(({ severity }) => severity !== "error");
  io.stdout.write(json ? `${JSON.stringify({ passed, ...check })}\n` : checkText(check, io));
  return passed ? ExitCode.ok : ExitCode.run;
}

type Ending =
  | Exclude<CheckMessage, { kind: "phase" }>
  | { readonly kind: "stuck"; readonly phase: string; readonly bar: number; readonly hook: string; readonly how: "endless" | "ended" }
  | { readonly kind: "interrupted" };

/** Runs one worker to its answer, to the end of its time, or to Ctrl-C. @param timeout seconds that one phase may take */
function hostCheck(request: CheckRequest, timeout: number): Promise<Ending> {
  const worker = new Worker(ownModule("cli/strategy-check-worker"), { workerData: request, execArgv: threadFlags() });
  const beat = new Int32Array(request.beat);
  return new Promise((resolve, reject) => {
    let phase = "starting";
    const end = (ending: Ending): void => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      resolve(ending);
      void worker.terminate();
    };
    const stop = (how: "endless" | "ended"): void => end({ kind: "stuck", phase, bar: beat[0] ?? -1, hook: hooks[beat[1] ?? 0] ?? "", how });
    const interrupt = (): void => end({ kind: "interrupted" });
    const timer = setTimeout(() => stop("endless"), timeout * 1_000);
    process.once("SIGINT", interrupt);
    worker.on("message", (message: CheckMessage) => {
      if (message.kind !== "phase") return end(message);
      phase = message.phase;
      timer.refresh();
    });
    worker.on("error", (error) => {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      reject(error);
    });
    // A strategy's process.exit() ends the worker's thread, and nothing else.
    worker.on("exit", () => stop("ended"));
  });
}

/** What there is to say about a strategy that could not be examined to the end. */
function stuck(use: string, { phase, bar, hook, how }: Extract<Ending, { kind: "stuck" }>): StrategyCheck {
  const kind = how === "endless" ? "never_returns" : "throws";
  const where = hook === "" ? phase : `${phase}: ${hook}${bar < 0 ? "" : ` of bar ${bar}`}`;
  const { severity, title, mend } = findingKinds[kind];
  const evidence = how === "endless" ? `${where} had not returned when its time was over` : `${where} ended the process`;
  const finding: Finding = { kind, severity, title, bars: null, bar: bar < 0 ? null : bar, evidence, mend, count: 1 };
  return { strategy: use, params: {}, runs: [], findings: [finding] };
}

function checkText({ strategy, runs, findings }: StrategyCheck, io: Io): string {
  const { width, colours } = traitsOf(io.stdout);
  const paint = paintOf(colours);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const verdict = errors > 0 ? paint("red", "✖ failed") : paint("green", "✔ passed");
  const lines = [`${verdict} ${strategy}: ${counted(errors, "error")}, ${counted(findings.length - errors, "warning")}`];
  if (runs.length > 0) {
    const columns = [{ title: "bars", flexible: true }, ...["length", "requests", "fills"].map((title) => ({ title, align: "right" as const }))];
    const rows = runs.map(({ bars, length, requests, fills }) => [bars, String(length), String(requests), String(fills)]);
    lines.push(tableText(columns, rows, width));
  }
  for (const { kind, severity, title, bars, count, evidence, mend } of findings) {
    const mark = severity === "error" ? paint("red", "✖ error") : paint("yellow", "! warning");
    lines.push(`${mark} ${kind}: ${title}${count > 1 ? ` (${count} times)` : ""}`);
    lines.push(`  ${bars === null ? "" : `${bars}: `}${evidence}`, `  ${paint("dim", `mend: ${mend}`)}`);
  }
  return `${lines.join("\n")}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
