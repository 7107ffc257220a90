// What a person sees of a run: a table for one scenario, one row a scenario for several, and every failed expectation
// with what was found. Text only; the caller decides on which stream it goes.

import type { SeatrialError } from "../../domain/index.ts";
import type { PositionRow } from "../../journal/index.ts";
import type { FileCheck } from "../check-files.ts";
import { excerptLines } from "./excerpt.ts";
import { envelopeBarsText, envelopeRows } from "./envelope-text.ts";
import { auditCode, oneLine, statusWords, type Outcome, type RunFigures, type RunStatus, type RunSummary } from "../outcome.ts";
import type { Ink, Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { tableText } from "./table.ts";

const inks: Readonly<Record<RunStatus, Ink>> = { passed: "green", failed: "red", not_run: "yellow", error: "red" };

/** More than these would push the figures off the screen. */
const shownAlerts = 3;

/** An outcome as far as its figures go; the whole one is one too. */
type Line = Outcome<Pick<RunFigures, "metrics" | "invariants">>;

/** The summary of one scenario. Ends with a line break. */
export function scenarioText(outcome: Outcome, screen: Screen): string {
  const { record } = outcome;
  const lines = [headline(outcome, screen.paint)];
  if (record !== null) lines.push(tableText([{ title: "" }, { title: "", flexible: true }], summaryRows(outcome, record), screen.width));
  const bars = record?.envelope === undefined ? "" : envelopeBarsText(record.envelope, screen.width);
  if (bars !== "") lines.push(bars);
  lines.push(...problemLines(outcome, screen));
  // Outside of the table, so that a long path stays in one piece.
  if (outcome.folder !== null) lines.push(`report: ${outcome.folder}`);
  return `${lines.join("\n")}\n`;
}

/** One row a scenario, then the problems of each that has some, then the totals. Ends with a line break. @param index path of the index page, where one was written */
export function overviewText(outcomes: readonly Line[], screen: Screen, index: string | null = null): string {
  const columns = [
    { title: "scenario", flexible: true },
    { title: "status" },
    { title: "orders", align: "right" as const },
    { title: "fills", align: "right" as const },
    { title: "realized", align: "right" as const, dispensable: true },
    { title: "max dd", align: "right" as const, dispensable: true },
    { title: "expect", align: "right" as const },
    { title: "time", align: "right" as const, dispensable: true },
  ];
  const lines = [
    tableText(
      columns,
      outcomes.map((outcome) => overviewRow(outcome, screen.paint)),
      screen.width,
    ),
  ];
  for (const block of problemBlocks(outcomes, screen)) lines.push("", ...block);
  lines.push("", totalsLine(outcomes, screen.paint));
  if (index !== null) lines.push(`index: ${index}`);
  return `${lines.join("\n")}\n`;
}

/** Only what went wrong, for `--quiet` and for stderr beside JSON; empty when nothing did. */
export function problemsText(outcomes: readonly Line[], screen: Screen): string {
  return problemBlocks(outcomes, screen)
    .flat()
    .map((line) => `${line}\n`)
    .join("");
}

/** "3 passed, 1 failed, 0 in error, not run: 2". */
export function totalsLine(outcomes: readonly Line[], paint: Paint): string {
  const count = (status: RunStatus): number => outcomes.filter((outcome) => outcome.status === status).length;
  const part = (text: string, amount: number, ink: Ink): string => (amount === 0 ? text : paint(ink, text));
  return [
    part(`${count("passed")} passed`, count("passed"), "green"),
    part(`${count("failed")} failed`, count("failed"), "red"),
    part(`${count("error")} in error`, count("error"), "red"),
    part(`not run: ${count("not_run")}`, count("not_run"), "yellow"),
  ].join(", ");
}

/** One line a file: valid, or what is wrong with it and where. Ends with a line break. */
export function checksText(checks: readonly FileCheck[], screen: Screen): string {
  const { paint } = screen;
  const lines = checks.flatMap(({ file, error, excerpt }) => {
    if (error === null) return [`${paint("green", "✔ valid")} ${file}`];
    return [`${paint("red", "✖ error")} ${oneLine(placedMessage(file, error))}`, ...(excerpt === null ? [] : excerptLines(excerpt, screen))];
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** A scenario may fail for another file that it names: then both are told. */
function placedMessage(file: string, { place, message }: SeatrialError): string {
  return place.file === null || place.file === file ? message : `${file}: ${message}`;
}

function headline(outcome: Line, paint: Paint): string {
  const { sign, word } = statusWords[outcome.status];
  const labels = outcome.labels.length === 0 ? "" : ` ${paint("yellow", `[${outcome.labels.join("; ")}]`)}`;
  return `${paint(inks[outcome.status], `${sign} ${word}`)} ${paint("bold", outcome.scenario)}${labels}`;
}

function summaryRows(outcome: Outcome, record: RunSummary): string[][] {
  const { metrics, final, invariants, rows } = record;
  const fees = Object.entries(metrics.feesByCurrency).map(([currency, fee]) => `${fee} ${currency}`);
  const table: string[][] = [
    [
      "orders",
      `${metrics.orders} (${metrics.rejected} rejected, ${metrics.canceled} canceled, ${metrics.unknown} unknown, ${metrics.skipped} skipped)`,
    ],
    ["fills", String(metrics.fills)],
    ["realized P&L", metrics.realizedPnl],
    ["fees", fees.length === 0 ? "0" : fees.join("\n")],
    ...(metrics.funding === undefined ? [] : [["funding", `${metrics.funding} in ${rows.funding.length} payments`]]),
    ["max drawdown", metrics.maxDrawdown],
    ["equity", final.equity],
    ["positions", final.positions.length === 0 ? "flat" : final.positions.map(positionText).join("\n")],
    ["open orders", String(final.openOrders.length)],
    ["expectations", `${passedCount(outcome)} of ${outcome.expectations.length} hold`],
    ["invariants", `${invariants.checked} checked, ${invariants.violated} violated`],
  ];
  if (rows.routes.length > 0) table.push(["routes", routesText(rows.routes)]);
  if (rows.liquidations.length > 0) table.push(["liquidations", rows.liquidations.map(liquidationText).join("\n")]);
  if (rows.restarts.length > 0) table.push(["restarts", rows.restarts.map(restartText).join("\n")]);
  if (metrics.unprotectedCost !== undefined)
    table.push(["unprotected bars", `${rows.unprotected.length}: exits were reached before they were live, cost ${metrics.unprotectedCost}`]);
  const { ambiguousBars, wholeBarLives, lastPriceStamps, unmarkedBars } = record.assumptions;
  // Only where a result rests on them: a person should see which figures an assumption has made.
  if (ambiguousBars > 0) table.push(["ambiguous bars", `${ambiguousBars}: the path decided which orders came first`]);
  if (wholeBarLives > 0) table.push(["optimistic fills", `${wholeBarLives}: limits that would have ended inside their bar`]);
  if (lastPriceStamps > 0) table.push(["funding without a mark", `${lastPriceStamps}: computed at the last traded price`]);
  if (record.envelope !== undefined) table.push(...envelopeRows(record.envelope));
  if (unmarkedBars > 0) table.push(["triggers without a mark", `${unmarkedBars} bars: judged by the last traded price`]);
  const alerts = alertLines(rows.alerts);
  if (alerts.length > 0) table.push(["alerts", alerts.join("\n")]);
  if (rows.halt !== null) table.push(["halted", `${rows.halt.reason} at bar ${rows.halt.bar}`]);
  table.push(["run hash", record.runHash.slice(0, 16)], ["seed", String(outcome.seed)]);
  return table;
}

/** "33 (31 filled, 2 ended short, 0 open)". */
function routesText(routes: RunSummary["rows"]["routes"]): string {
  const filled = routes.filter(({ reason }) => reason === "filled").length;
  const open = routes.filter(({ reason }) => reason === null).length;
  return `${routes.length} (${filled} filled, ${routes.length - filled - open} ended short, ${open} open)`;
}

/** Errors, then warnings, each text once; the journal has them all. */
function alertLines(alerts: RunSummary["rows"]["alerts"]): string[] {
  const of = (level: "error" | "warning") => alerts.filter((alert) => alert.level === level).map(({ text }) => `${level}: ${oneLine(text)}`);
  const told = [...new Set([...of("error"), ...of("warning")])];
  return told.length <= shownAlerts ? told : [...told.slice(0, shownAlerts), `and ${told.length - shownAlerts} more, see the journal`];
}

/** "epoch 2 (bar 12), 300 s away, 5 bars missed". */
function restartText({ epoch, bar, since, time, missedBars, reconciled }: RunSummary["rows"]["restarts"][number]): string {
  const end = reconciled === "done" ? "" : reconciled === null ? ", not compared with the venue to the end" : ", blocked";
  return `epoch ${epoch} (bar ${bar}), ${(time - since) / 1_000} s away, ${missedBars} bars missed${end}`;
}

function liquidationText({ symbol, leg, quantity, price, bar }: RunSummary["rows"]["liquidations"][number]): string {
  return `${symbol} ${leg} ${quantity} @ ${price} (bar ${bar})`;
}

function positionText(position: PositionRow): string {
  return `${position.symbol} ${position.leg} ${position.quantity} @ ${position.entryPrice} (unrealized ${position.unrealizedPnl})`;
}

function overviewRow(outcome: Line, paint: Paint): string[] {
  const { word } = statusWords[outcome.status];
  const metrics = outcome.record?.metrics;
  const expectations = metrics === undefined ? "-" : `${passedCount(outcome)}/${outcome.expectations.length}`;
  return [
    outcome.scenario,
    paint(inks[outcome.status], word),
    String(metrics?.orders ?? "-"),
    String(metrics?.fills ?? "-"),
    metrics?.realizedPnl ?? "-",
    metrics?.maxDrawdown ?? "-",
    expectations,
    metrics === undefined ? "-" : elapsedText(outcome.elapsedMs),
  ];
}

function problemLines(outcome: Line, screen: Screen, pronoun: "it" | "them" = "it"): string[] {
  const { paint } = screen;
  const lines: string[] = [];
  for (const expectation of outcome.expectations) {
    if (expectation.passed) continue;
    const bar = expectation.bar === null ? "" : ` (bar ${expectation.bar})`;
    lines.push(`  ${paint("red", "expected")} ${expectation.text}`, `  ${paint("red", "found")}    ${expectation.actual}${bar}`);
    lines.push(...expectation.context.map((line) => paint("dim", `    ${line}`)));
  }
  const violated = outcome.record?.invariants.violated ?? 0;
  if (violated > 0 && outcome.error?.code !== auditCode) lines.push(`  ${paint("red", "violated")} ${violated} invariant checks`);
  if (outcome.error !== null) lines.push(`  ${paint("red", outcome.error.code)}: ${oneLine(outcome.error.message)}`);
  if (outcome.excerpt !== null) lines.push(...excerptLines(outcome.excerpt, screen));
  if (outcome.notRun !== null) lines.push(`  ${outcome.notRun.reason}`, `  ${paint("cyan", `to run ${pronoun}`)} ${outcome.notRun.hint}`);
  return lines;
}

/** The lines of each problem. Scenarios that did not run for the same reason share one block: sixteen times the same hint helps nobody. */
function problemBlocks(outcomes: readonly Line[], screen: Screen): string[][] {
  const blocks: string[][] = [];
  const told = new Set<string>();
  for (const outcome of outcomes) {
    const cause = causeOf(outcome);
    if (cause !== null && told.has(cause)) continue;
    if (cause !== null) told.add(cause);
    const alike = cause === null ? [outcome] : outcomes.filter((other) => causeOf(other) === cause);
    const problems = problemLines(outcome, screen, alike.length === 1 ? "it" : "them");
    if (problems.length === 0) continue;
    const { sign, word } = statusWords[outcome.status];
    const names = alike.map(({ scenario }) => scenario).join(", ");
    blocks.push([
      alike.length === 1
        ? headline(outcome, screen.paint)
        : `${screen.paint(inks[outcome.status], `${sign} ${word}`)} ${alike.length} scenarios: ${names}`,
      ...problems,
    ]);
  }
  return blocks;
}

/** Why a scenario did not run; null for one that ran. */
export function causeOf({ notRun }: Pick<Outcome<unknown>, "notRun">): string | null {
  return notRun === null ? null : `${notRun.reason}\n${notRun.hint}`;
}

export function passedCount(outcome: Pick<Outcome<unknown>, "expectations">): number {
  return outcome.expectations.filter((expectation) => expectation.passed).length;
}

export function elapsedText(elapsedMs: number): string {
  return elapsedMs < 1_000 ? `${Math.round(elapsedMs)} ms` : `${(elapsedMs / 1_000).toFixed(1)} s`;
}
