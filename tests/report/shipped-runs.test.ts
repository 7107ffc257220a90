// Every shipped scenario by its figures: what an account has gained is what its figures say, the folder gives the same figures back,
// and no table of it holds a NaN.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { addDecimals, parseDecimal, printDecimal, subtractDecimals } from "../../src/domain/index.ts";
import { defaultMetricOptions, runMetricsObject } from "../../src/report/metrics/run-metrics.ts";
import { readRun } from "../../src/report/read-run.ts";
import { RunReport } from "../../src/report/tables/run-report.ts";
import { simulateTo } from "./stored.ts";

const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const names = (await readdir(folder)).filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"));

let out = "";
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "seatrial-shipped-"));
});
afterAll(async () => {
  await rm(out, { recursive: true, force: true });
});

describe("the figures of every shipped scenario", () => {
  it.each(names)("%s", async (name) => {
    const run = await simulateTo(out, join(folder, name));
    const stored = await readRun(run);
    const { metrics, notApplicable } = runMetricsObject(stored.facts);
    expect(JSON.parse(await readFile(join(run, "metrics.json"), "utf8"))).toMatchObject({ metrics, notApplicable });
    const report = await RunReport.of(stored, { ...defaultMetricOptions, unit: "exit", by: ["reason"] });
    expect(`${report.json()}${report.markdown()}`).not.toMatch(/NaN|Infinity|undefined|\[object/);
    // What somebody else did to the account is in no figure, and a coin's worth at boot is not known exactly.
    if (stored.facts.holdings || metrics["externally_closed_trades"] !== 0) return;
    const money = (key: string) => parseDecimal(metrics[key] as string);
    const gained = subtractDecimals(money("final_balance"), money("starting_balance"));
    const told = subtractDecimals(addDecimals(money("profit_realized_abs"), money("profit_unrealized_abs")), money("open_entry_fees_abs"));
    expect(printDecimal(told)).toBe(printDecimal(gained));
  });
});
