// What a person sees of a reconciliation: the figures by market and family, the verdict in words and colour, the calibration and
// a fill model to paste. It works nothing out.

import type { Ink, Paint } from "../terminal/paint.ts";
import { tableText, type Column } from "../terminal/table.ts";
import type { Screen } from "../terminal/screen.ts";
import type { Calibration, FillBlock } from "./calibration.ts";
import type { Reconciliation, ReconciledGroup, SlippageUnit } from "./reconcile.ts";
import { leftOutReasons, type LeftOut } from "./slippage.ts";
import type { Verdict } from "./statistics.ts";

const columns: readonly Column[] = [
  { title: "", flexible: true },
  ...["fills", "bias", "rmse", "corr", "multiplier"].map((title): Column => ({ title, align: "right" })),
  ...["median", "median said", "p95", "p95 said"].map((title): Column => ({ title, align: "right", dispensable: true })),
];

const words: Readonly<Record<SlippageUnit, string>> = { bp: "basis points of the requested price", price: "price units" };
const warnings = {
  optimistic: "optimistic paper fills: more than 1.5 times of what was said is lost",
  watch: "watch it: more than 1.2 times of what was said is lost",
} as const;

/** Ends with a line break. */
export function reconcileText(found: Reconciliation, { width, paint }: Screen): string {
  const { file, scenario, fills, reconciled, unit, leftOut } = found;
  const lines = [`${scenario === null ? "" : `${scenario}: `}${count(fills, "fill")} of ${file}, ${reconciled} held against what was said`];
  for (const reason of Object.keys(leftOutReasons) as LeftOut[])
    if (leftOut[reason] > 0) lines.push(`  ${leftOut[reason]} left out: ${leftOutReasons[reason]}`);
  if (reconciled > 0) lines.push("", `slippage in ${words[unit]}, adverse positive`, tableText(columns, rowsOf(found, paint), width));
  if (found.parts !== null) {
    const { fills: known, movedBp, takenBp } = found.parts;
    lines.push(
      `of ${count(known, "fill")}, on average: ${figure(movedBp)} bp by the market on the way, ${figure(takenBp)} bp by spread and slippage`,
    );
  }
  lines.push("", ...verdictLines(found, paint), "", ...calibrationLines(found.calibration));
  return `${lines.join("\n")}\n`;
}

function rowsOf({ all, bySymbol, byFamily, unit, verdict }: Reconciliation, paint: Paint): string[][] {
  const row = (name: string, group: ReconciledGroup, ink: Ink | null): string[] => {
    const found = group[unit];
    if (found === null) return [name, String(group.fills), "–", "–", "–", "–", "–", "–", "–", "–"];
    const { bias, rmse, correlation, multiplier, medianActual, medianPredicted, p95Actual, p95Predicted } = found;
    const figures = [rmse, correlation].map(figure);
    const shownBias = ink === null ? figure(bias) : paint(ink, figure(bias));
    // Without a prediction above 0 there is nothing that the loss could be a multiple of.
    const times = found.meanPredicted > 0 ? figure(multiplier) : "–";
    return [name, String(group.fills), shownBias, ...figures, times, ...[medianActual, medianPredicted, p95Actual, p95Predicted].map(figure)];
  };
  return [
    row("all", all, verdict?.level ?? null),
    ...(bySymbol.length > 1 ? bySymbol.map((group) => row(group.symbol, group, null)) : []),
    ...(byFamily.length > 1 ? byFamily.map((group) => row(group.family === "" ? "no family" : group.family, group, null)) : []),
  ];
}

function verdictLines({ verdict, insufficient }: Reconciliation, paint: Paint): string[] {
  if (verdict === null) return [`${paint("yellow", "○")} no verdict: ${insufficient ?? ""}`];
  const head = verdict.calibrated
    ? `${paint("green", "✔")} calibrated: the bias is within ±0.5, the correlation at least 0.3`
    : `${paint("red", "✖")} not calibrated: ${verdict.reasons.join(", ")}`;
  return [`${head} (bias ${paint(verdict.level, verdict.level)})`, ...warningLines(verdict, paint)];
}

function warningLines({ warning }: Verdict, paint: Paint): string[] {
  return warning === null ? [] : [`${paint("yellow", "!")} ${warnings[warning]}`];
}

function calibrationLines({ window, fills, line, p90Bp, p95Bp, volumeRatio, capped, errorBp, fill, refusal }: Calibration): string[] {
  const lines = [`calibration: the newest ${count(fills, "fill")} of at most ${window.fillsMax} within ${window.hours} h`];
  if (line !== null)
    lines.push(`  actual = ${figure(line.intercept)} + ${figure(line.slope)} × said, in bp; explains ${figure(line.determination * 100)} %`);
  else if (fills > 0) lines.push("  what was said does not vary: there is no line through it");
  if (p90Bp !== null && p95Bp !== null) lines.push(`  one fill in ten loses ${figure(p90Bp)} bp or more, one in twenty ${figure(p95Bp)} bp`);
  if (volumeRatio !== null) lines.push(`  volume of the newer half against the older: ${figure(volumeRatio)}`);
  if (capped > 0) lines.push(`  not for the model: ${count(capped, "fill")} at the far end of the bar, which may have cut something off`);
  if (fill === null) return [...lines, `  no fill model: ${refusal ?? ""}`];
  return [...lines, "", `what was seen as the fill model of a scenario, to ${figure(errorBp ?? 0)} bp:`, "", `  ${blockText(fill)}`];
}

/** A key and its value as they stand in a scenario. */
export function blockText(fill: FillBlock): string {
  return `"fill": ${JSON.stringify(fill, null, 1).replaceAll(/\n\s*/g, " ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Four significant digits, without an exponent where that is readable. */
function figure(value: number): string {
  const text = String(Number(value.toPrecision(4)));
  return text === "-0" ? "0" : text;
}
