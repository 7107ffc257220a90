// What a person sees of a bench: a table for each kind of figures, and what a comparison found. Text only.

import { tableText, type Column, type Ink, type Paint } from "../report/index.ts";
import type { Comparison, Verdict } from "./compare.ts";
import type { BenchReport } from "./run.ts";

export interface BenchScreen {
  readonly width: number;
  readonly paint: Paint;
}

interface Section {
  readonly titles: readonly string[];
  readonly rows: (report: BenchReport) => readonly (readonly string[])[];
}

const mega = (rate: number | null): string => (rate === null ? "-" : `${(rate / 1e6).toFixed(2)} M/s`);
const milli = (ms: number | null): string => (ms === null ? "-" : `${ms} ms`);

const sections: readonly Section[] = [
  {
    titles: ["workload", "warmed", "cold", "limit", "ratio", "p50", "p99", "p99.9", "bytes/bar"],
    rows: ({ workloads }) =>
      workloads.map((w) => [
        w.name,
        mega(w.barsPerSecond),
        mega(w.coldBarsPerSecond),
        mega(w.limitBarsPerSecond),
        w.ratioToLimit.toFixed(3),
        `${w.p50Ns} ns`,
        `${w.p99Ns} ns`,
        `${w.p999Ns} ns`,
        String(w.bytesPerBar),
      ]),
  },
  {
    titles: ["envelope", "bars", "plain run", "with envelope", "times", "bars that matter", "worlds", "not tried"],
    rows: ({ envelopes }) =>
      envelopes.map((e) => [
        e.name,
        String(e.bars),
        `${e.plainMs} ms`,
        `${e.envelopeMs} ms`,
        e.costRatio.toFixed(2),
        String(e.dependentBars),
        String(e.worlds),
        String(e.unexplored),
      ]),
  },
  {
    titles: ["edge", "rows", "rate", "time", "first time", "limit", "ratio"],
    rows: ({ edges }) =>
      edges.map((e) => [
        e.name,
        e.rows === null ? "-" : String(e.rows),
        mega(e.rowsPerSecond),
        milli(e.ms),
        milli(e.coldMs),
        milli(e.limitMs),
        e.ratioToLimit.toFixed(3),
      ]),
  },
  {
    titles: ["workers", "bars", "runs", "one worker", "two workers", "times"],
    rows: ({ scaling }) =>
      scaling.map((s) => [s.name, String(s.bars), String(s.runs), `${s.oneWorkerMs} ms`, `${s.workersMs} ms`, s.speedup.toFixed(2)]),
  },
];

/** A table for each kind of figures that there are, with the machine above them. */
export function benchText(report: BenchReport, { width }: BenchScreen): string {
  const { cpu, cores, node } = report.machine;
  const tables = sections.flatMap(({ titles, rows }) => {
    const cells = rows(report);
    return cells.length === 0 ? [] : [tableText(columnsOf(titles), cells, width)];
  });
  return `${[`${cpu}, ${cores} cores, Node ${node}`, ...tables].join("\n")}\n`;
}

const verdictInks: Readonly<Record<Verdict, Ink>> = { regression: "red", improvement: "green", noise: "dim", unclear: "yellow" };
const verdictWords: Readonly<Record<Verdict, string>> = {
  regression: "slower",
  improvement: "faster",
  noise: "within noise",
  unclear: "cannot tell",
};

/** What changed since the baseline, and by how much it may have. */
export function comparisonText({ figures, tolerance, confidence, onlyBefore, onlyAfter }: Comparison, screen: BenchScreen): string {
  const percent = (share: number): string => `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
  const rows = figures.map((f) => [
    f.name,
    f.before.toPrecision(3),
    f.after.toPrecision(3),
    percent(f.change),
    `${percent(f.low)} to ${percent(f.high)}`,
    screen.paint(verdictInks[f.verdict], verdictWords[f.verdict]),
  ]);
  const titles = ["against the baseline", "before", "now", "change", `${confidence * 100} % interval`, "verdict"];
  const lines = [
    ...(rows.length === 0 ? [] : [tableText(columnsOf(titles), rows, screen.width)]),
    `ratios to the limits of the same run; noise is up to ${tolerance * 100} %`,
    ...(figures.some(({ verdict }) => verdict === "unclear")
      ? ["where nothing can be told: fewer than five rounds, or a machine that is busy with other work"]
      : []),
    ...(onlyBefore.length === 0 ? [] : [`not measured now: ${onlyBefore.join(", ")}`]),
    ...(onlyAfter.length === 0 ? [] : [`not in the baseline: ${onlyAfter.join(", ")}`]),
  ];
  return `${lines.join("\n")}\n`;
}

function columnsOf(titles: readonly string[]): Column[] {
  return titles.map((title, at) => (at === 0 ? { title } : { title, align: "right" }));
}
