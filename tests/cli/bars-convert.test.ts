// `seatrial bars convert` and `resample`: every format to every other without a changed number, nothing written over unasked, nothing left
// half-written.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import { readBars, syntheticBars, toRaw, writeArrow } from "../../src/market/index.ts";
import { captureIo } from "./capture.ts";

/** 2025-01-01T00:00:00Z. */
const newYear = 1_735_689_600_000;

/** Prices of a ten-millionth, which numbers print with an exponent, and volumes of millions. */
const csv = [
  "timestamp,open,high,low,close,volume",
  `${newYear},0.0000001,0.0000003,0.0000001,0.0000002,123456789.25`,
  `${newYear + 60_000},0.0000002,0.0000002,0.0000002,0.0000002,0`,
  `${newYear + 120_000},0.0000002,0.1,0.0000002,0.025,1`,
  `${newYear + 180_000},0.025,0.03,0.02,0.0251,2`,
  "",
].join("\n");

let folder = "";
let source = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-convert-"));
  source = join(folder, "in.csv");
  await writeFile(source, csv);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function bars(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(["bars", ...argv], io);
  return { code, ...text };
}

async function numbersOf(path: string): Promise<number[][]> {
  const { time, open, high, low, close, volume } = await readBars(path);
  return [time, open, high, low, close, volume].map((column) => [...column]);
}

describe("seatrial bars convert", () => {
  it.each(["a.arrow", "a.feather", "a.parquet", "a.csv", "a.csv.gz"])(
    "writes %s, which reads back as the same numbers and from there as the same CSV",
    async (name) => {
      const [there, back] = [join(folder, name), join(folder, "back.csv")];
      expect((await bars("convert", source, there)).code).toBe(0);
      expect(await numbersOf(there)).toEqual(await numbersOf(source));
      expect((await bars("convert", there, back)).code).toBe(0);
      expect(await readFile(back, "utf8")).toBe(csv);
      expect((await readdir(folder)).sort()).toEqual([name, "back.csv", "in.csv"].sort());
    },
  );

  it("writes gzip that other programs read", async () => {
    await bars("convert", source, join(folder, "a.csv.gz"));
    expect(gunzipSync(await readFile(join(folder, "a.csv.gz"))).toString()).toBe(csv);
  });

  it("refuses to write over a file, before it reads the other, unless it is told to", async () => {
    const target = join(folder, "a.csv");
    await writeFile(target, "mine");
    expect(await bars("convert", join(folder, "missing.csv"), target)).toMatchObject({
      code: 3,
      stderr: `seatrial: ${target}: it is already there (name another file, or replace it with --force)\n`,
    });
    expect(await readFile(target, "utf8")).toBe("mine");
    expect((await bars("convert", source, target, "--force")).code).toBe(0);
    expect(await readFile(target, "utf8")).toBe(csv);
    // A file may take its own place.
    expect((await bars("convert", target, target, "--force")).code).toBe(0);
    expect(await readFile(target, "utf8")).toBe(csv);
  });

  it("refuses a name that stands for no format", async () => {
    const { code, stderr } = await bars("convert", source, join(folder, "a.xlsx"));
    expect(code).toBe(3);
    expect(stderr).toContain("(end it in .arrow, .feather, .parquet, .csv, .csv.gz)");
  });

  it("writes nothing when a bar is flawed or the folder is not there", async () => {
    await writeFile(source, csv.replace("0.0000003", "0.00000005"));
    expect((await bars("convert", source, join(folder, "a.arrow"))).code).toBe(3);
    await writeFile(source, csv);
    expect((await bars("convert", source, join(folder, "no", "a.csv"))).code).toBe(3);
    expect(await readdir(folder)).toEqual(["in.csv"]);
  });

  it("keeps the label of generated bars, and refuses a format that would lose it", async () => {
    const made = join(folder, "made.arrow");
    const series = syntheticBars({ seed: 1, symbol: "X", timeframe: "1m", start: newYear, count: 10, startPrice: "40", tick: "0.01", step: "0.01" });
    await writeArrow(toRaw(series), made, { source: "synthetic" });
    expect((await bars("convert", made, join(folder, "a.parquet"))).code).toBe(0);
    expect((await readBars(join(folder, "a.parquet"))).source).toBe("synthetic");
    const { code, stderr } = await bars("convert", made, join(folder, "a.csv"));
    expect(code).toBe(3);
    expect(stderr).toContain('these bars are labelled "synthetic", which CSV cannot carry (write an .arrow or .parquet file)');
  });

  it("shifts bars that are stamped with their close when it is told so", async () => {
    const closes = csv.replaceAll(/^(\d+),/gm, (_line, time) => `${Number(time) + 59_999},`);
    await writeFile(source, closes);
    const target = join(folder, "a.csv");
    const refused = await bars("convert", source, target);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("stamped with their close");
    expect((await bars("convert", source, target, "--time", "close")).code).toBe(0);
    expect(await readFile(target, "utf8")).toBe(csv);
  });
});

describe("seatrial bars resample", () => {
  it("writes longer bars in any format, and the same refusals", async () => {
    const target = join(folder, "two.csv");
    expect((await bars("resample", source, "2m", target)).code).toBe(0);
    // Minutes 0 and 1, then 2 and 3: first open, highest high, lowest low, last close, sum of volumes.
    expect(await readFile(target, "utf8")).toBe(
      `timestamp,open,high,low,close,volume\n${newYear},0.0000001,0.0000003,0.0000001,0.0000002,123456789.25\n${newYear + 120_000},0.0000002,0.1,0.0000002,0.0251,3\n`,
    );
    expect((await bars("resample", source, "2m", target)).code).toBe(3);
    expect((await bars("resample", source, "2m", target, "--force")).code).toBe(0);
  });
});
