// The baseline of a bench: what is taken for one, and what is refused before anything is measured.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { assertSameBars, benchFormat, benchSeries, chosenMeasurements, readBaseline } from "../../src/bench/index.ts";
import { SeatrialError } from "../../src/domain/index.ts";
import { main } from "../../src/cli/main.ts";
import { captureIo } from "../cli/capture.ts";

const report = {
  format: benchFormat,
  machine: { cpu: "a processor", cores: 2, node: "v26.0.0", platform: "linux-x64" },
  series: { count: 2_000, digest: "abc" },
  workloads: [{ name: "W1", ratios: [0.1, 0.11, 0.12], cpuShare: 0.98 }],
  envelopes: [{ name: "W3", costRatio: 1 }],
  edges: [{ name: "csv", ratios: [0.5] }],
  scaling: [],
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-baseline-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(content: unknown): Promise<string> {
  const path = join(folder, "baseline.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function refusalOf(content: unknown): Promise<SeatrialError> {
  const file = await fileOf(content);
  return readBaseline(file).then(
    () => expect.unreachable("it was taken"),
    (error: unknown) => error as SeatrialError,
  );
}

describe("a baseline", () => {
  it("is what `bench --json` printed: the rounds of everything that has rounds", async () => {
    const baseline = await readBaseline(await fileOf(report));
    expect(baseline.series).toEqual({ count: 2_000, digest: "abc" });
    expect(baseline.rounds).toEqual([
      { name: "W1", ratios: [0.1, 0.11, 0.12], cpuShare: 0.98 },
      { name: "csv", ratios: [0.5], cpuShare: null },
    ]);
  });

  it.each([
    ["a file that is not there", null, "baseline_unreadable", /no such file/],
    ["a file that is not JSON", "{", "baseline_unreadable", /not JSON/],
    ["JSON of something else", { runs: [] }, "baseline_unreadable", /no figures of a bench/],
    ["a list", [], "baseline_unreadable", /no figures of a bench/],
    ["a bench that ended in an error", { error: { code: "bench_died" } }, "baseline_unreadable", /ended in an error/],
    ["figures without rounds", { ...report, workloads: [{ name: "W1" }] }, "baseline_unreadable", /workloads\[0\] has no ratios/],
    ["rounds that are no ratios", { ...report, edges: [{ name: "csv", ratios: [0.5, -1] }] }, "baseline_unreadable", /edges\[0\]/],
    ["no figures at all", { ...report, workloads: [], edges: [] }, "baseline_unreadable", /no figures that have rounds/],
    ["bars that are not named", { ...report, series: { count: "many" } }, "baseline_unreadable", /of which bars/],
    ["another format", { ...report, format: 99 }, "baseline_not_comparable", /format is 99/],
    ["figures from before there was a format", { workloads: report.workloads }, "baseline_not_comparable", /before there was one/],
  ])("is refused: %s", async (_, content, code, reason) => {
    const error = content === null ? await readBaseline(join(folder, "none.json")).catch((thrown: unknown) => thrown) : await refusalOf(content);
    expect(error).toBeInstanceOf(SeatrialError);
    expect(error).toMatchObject({ code, exitCode: 3 });
    expect((error as SeatrialError).reason).toMatch(reason);
  });

  it("is refused for other bars, in number or in content", async () => {
    const baseline = await readBaseline(await fileOf(report));
    expect(() => assertSameBars(baseline, { count: 2_000, digest: "abc" })).not.toThrow();
    expect(() => assertSameBars(baseline, { count: 1_000, digest: "abc" })).toThrow(/of 2000 bars, not of 1000/);
    expect(() => assertSameBars(baseline, { count: 2_000, digest: "abd" })).toThrow(/its bars are others/);
  });
});

describe("seatrial bench", () => {
  async function bench(...argv: string[]) {
    const { io, text } = captureIo();
    const code = await main(["bench", ...argv], io);
    return { code, ...text };
  }

  it("refuses before it measures: a baseline of other bars, a name it does not know, a tolerance that is none", async () => {
    const file = await fileOf({ ...report, series: { count: 500, digest: "of other bars" } });
    const other = await bench("--baseline", file, "--json");
    expect(other.code).toBe(3);
    expect(JSON.parse(other.stdout)).toMatchObject({ error: { code: "baseline_not_comparable", file } });
    expect(other.stderr).not.toContain("measuring");
    expect(() => chosenMeasurements(["W7"])).toThrow(/does not measure "W7"/);
    expect((await bench("--only", "W7")).code).toBe(3);
    expect((await bench("--tolerance", "all")).code).toBe(3);
  });

  it("measures what it is asked for, compares it, and ends with 2 for a regression", { timeout: 60_000 }, async () => {
    const bars = 2_000;
    const saved = (ratio: number) => ({
      ...report,
      series: benchSeries(bars),
      workloads: [{ name: "W1", ratios: Array.from({ length: 9 }, () => ratio) }],
    });
    // No run of this house is a thousand times as fast as the loop by hand, and none a millionth as fast.
    const slower = await bench("--json", "--only", "W1", "--rounds", "5", "--baseline", await fileOf(saved(1_000)));
    const { format, series, workloads, edges, scaling, comparison } = JSON.parse(slower.stdout);
    // A machine that is busy with other work is no ground to judge on: then the bench says so instead.
    const busy = workloads[0].cpuShare < 0.9;
    expect(slower.code).toBe(busy ? 0 : 2);
    expect({ format, series, edges, scaling }).toEqual({ format: benchFormat, series: benchSeries(bars), edges: [], scaling: [] });
    expect(workloads).toMatchObject([{ name: "W1", bars }]);
    expect(workloads[0].ratios).toHaveLength(5);
    expect(comparison.figures).toMatchObject([{ name: "W1", before: 1_000, verdict: busy ? "unclear" : "regression" }]);
    expect(comparison.onlyBefore).toEqual(["csv"]);
    const faster = await bench("--only", "W1", "--rounds", "5", "--baseline", await fileOf(saved(0.000001)));
    expect(faster.code).toBe(0);
    expect(faster.stdout).toMatch(/W1 .*(faster|cannot tell)/);
  });
});
