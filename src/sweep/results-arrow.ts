// All trials as an Arrow IPC file (Feather v2), one row a trial in the order of their numbers. Equal results give equal bytes. The
// library is loaded on use.

import type { Job, OpenJob } from "./jobs.ts";
import type { Sweep } from "./load.ts";
import { metricNames, type MetricName } from "./metrics.ts";
import { scoreOf, shown } from "./objective.ts";
import type { Json } from "./space.ts";
import type { TrialResult } from "./trial.ts";

type Kind = "text" | "number" | "whole" | "boolean" | "time";
interface ColumnData {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly unknown[];
}

/**
 * Columns: `trial scenario fill part window from to seed`, `param.<path>` each, `status error_code error run_hash equity` (exact
 * decimal text), `value` (the objective's metric, null where the trial may not be chosen), `refusal`, every metric as float64, and
 * the sample of returns as `return_period return_count return_sharpe return_skewness return_kurtosis`. Trials that have not run have no row.
 */
export async function resultsArrow(sweep: Sweep, results: ReadonlyMap<number, TrialResult>): Promise<Uint8Array> {
  const { Bool, Field, Float64, Int32, Schema, Struct, RecordBatch, Table, TimestampMillisecond, Utf8, makeData, tableToIPC, vectorFromArray } =
    await import("apache-arrow");
  const types = {
    text: new Utf8(),
    number: new Float64(),
    whole: new Int32(),
    boolean: new Bool(),
    time: new TimestampMillisecond("UTC"),
  } as const;
  const columns = columnsOf(sweep, results);
  const fields = columns.map(({ name, kind }) => new Field(name, types[kind], true));
  const children = columns.map(({ kind, values }) => {
    const [data] = vectorFromArray([...values] as never[], types[kind]).data;
    return data ?? makeData({ type: types[kind], length: 0, nullCount: 0 } as never);
  });
  const schema = new Schema(
    fields,
    new Map([
      ["sweep", sweep.name],
      ["hash", sweep.hash],
    ]),
  );
  const length = columns[0]?.values.length ?? 0;
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length, nullCount: 0, children }));
  return tableToIPC(new Table(schema, [batch]), "file");
}

function columnsOf({ list, dimensions, objective }: Sweep, results: ReadonlyMap<number, TrialResult>): ColumnData[] {
  const jobs: readonly (Job | OpenJob)[] = [...list.jobs, ...list.open].filter(({ trial }) => results.has(trial));
  const rows = jobs.map((job) => ({ job, result: results.get(job.trial) as TrialResult }));
  type Row = (typeof rows)[number];
  const column = (name: string, kind: Kind, value: (row: Row) => unknown): ColumnData => ({ name, kind, values: rows.map(value) });
  const judged = rows.map(({ result }) => scoreOf(objective, result));
  return [
    column("trial", "whole", ({ job }) => job.trial),
    column("scenario", "text", ({ job }) => job.scenario),
    column("fill", "text", ({ job }) => job.fill.name),
    column("part", "text", ({ job }) => job.split?.part ?? "all"),
    column("window", "whole", ({ job }) => job.split?.window ?? null),
    column("from", "time", ({ job }) => job.split?.from ?? null),
    column("to", "time", ({ job }) => job.split?.to ?? null),
    column("seed", "number", ({ job }) => job.seed),
    ...dimensions.map(({ path }) =>
      parameterColumn(
        path,
        rows.map(({ result }) => result.parameters[path] ?? null),
      ),
    ),
    column("status", "text", ({ result }) => result.status),
    column("error_code", "text", ({ result }) => result.error?.code ?? null),
    column("error", "text", ({ result }) => result.error?.reason ?? null),
    column("run_hash", "text", ({ result }) => result.runHash),
    column("equity", "text", ({ result }) => result.equity),
    { name: "value", kind: "number", values: judged.map(({ score }) => (score === null ? null : shown(objective, score))) },
    { name: "refusal", kind: "text", values: judged.map(({ refusal }) => refusal) },
    ...metricNames
      .filter((name) => name !== "equity")
      .map((name) => column(name, "number", ({ result }) => result.figures?.[name as MetricName] ?? null)),
    column("return_period", "text", ({ result }) => result.sample?.period ?? null),
    column("return_count", "whole", ({ result }) => result.sample?.count ?? null),
    column("return_sharpe", "number", ({ result }) => result.sample?.sharpe ?? null),
    column("return_skewness", "number", ({ result }) => result.sample?.skewness ?? null),
    column("return_kurtosis", "number", ({ result }) => result.sample?.kurtosis ?? null),
  ];
}

/** Numbers and truths keep their type; anything else is JSON text. */
function parameterColumn(path: string, values: readonly Json[]): ColumnData {
  const known = values.filter((value) => value !== null);
  const name = `param.${path}`;
  if (known.every((value) => typeof value === "number")) return { name, kind: "number", values };
  if (known.every((value) => typeof value === "boolean")) return { name, kind: "boolean", values };
  return { name, kind: "text", values: values.map((value) => (value === null || typeof value === "string" ? value : JSON.stringify(value))) };
}
