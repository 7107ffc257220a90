// The report of a stored run in the format that was asked for: text, or files. It must never read a run: it is given one.

import { nearestKey, SeatrialError } from "../../domain/index.ts";
import { runMetricsObject, type MetricOptions } from "../metrics/run-metrics.ts";
import type { StoredRun } from "../read-run.ts";
import type { GroupKey } from "./grouped.ts";
import { tableCsv, type ReportTable } from "./report-table.ts";
import { runMarkdown } from "./run-markdown.ts";
import { runTables, type RunTables, type TradeUnit } from "./run-tables.ts";

export interface ReportOptions extends MetricOptions {
  readonly unit: TradeUnit;
  /** Groupings that are shown where not all are. */
  readonly by: readonly GroupKey[];
}

/** A report with its figures worked out. */
export class RunReport {
  declare readonly tables: readonly ReportTable[];
  declare private readonly run: StoredRun;
  declare private readonly options: ReportOptions;
  declare private readonly content: RunTables;
  declare private readonly metrics: ReturnType<typeof runMetricsObject>;

  private constructor(run: StoredRun, options: ReportOptions, metrics: ReturnType<typeof runMetricsObject>, content: RunTables) {
    this.run = run;
    this.options = options;
    this.metrics = metrics;
    this.content = content;
    this.tables = content.tables;
  }

  static async of(run: StoredRun, options: ReportOptions): Promise<RunReport> {
    const { periods, riskFree, daysMin, zone } = options;
    const metrics = runMetricsObject(run.facts, { periods, riskFree, daysMin, zone });
    return new RunReport(run, options, metrics, await runTables(run.facts, metrics, options.unit));
  }

  /** For people. Ends with a line break. */
  markdown(): string {
    return runMarkdown(this.run, this.metrics, this.content, this.options.by);
  }

  /** Everything, on one line with its line break. */
  json(): string {
    const { folder, manifest, result } = this.run;
    const { format, options, metrics, notApplicable } = this.metrics;
    const tables = Object.fromEntries(this.tables.filter(({ name }) => name !== "metrics").map(({ name, rows }) => [name, rows]));
    const run = {
      folder,
      scenario: result.scenario,
      status: result.status,
      seed: result.seed,
      runHash: manifest.hashes.run,
      startedAt: manifest.startedAt,
    };
    return `${JSON.stringify({ format, run, options: { ...options, trades: this.options.unit }, metrics, notApplicable, warnings: this.content.warnings, tables })}\n`;
  }

  /** @throws SeatrialError `unknown_table` */
  csv(name: string): string {
    const table = this.tables.find((each) => each.name === name);
    if (table !== undefined) return tableCsv(table);
    const names = this.tables.map((each) => each.name);
    const near = nearestKey(name, names);
    throw new SeatrialError({
      code: "unknown_table",
      reason: `there is no table "${name}"`,
      hint: near === null ? `tables: ${names.join(", ")}` : `did you mean "${near}"?`,
    });
  }
}
