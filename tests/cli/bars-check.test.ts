// `seatrial bars check` as a user meets it: what is printed, for one file, several and folders, and with which exit code it ends.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { main } from "../../src/cli/main.ts";
import type { FileQuality } from "../../src/market/index.ts";
import { captureIo } from "./capture.ts";

/** 2025-01-01T00:00:00Z. */
const newYear = 1_735_689_600_000;

const csv = (...rows: string[]): string => ["timestamp,open,high,low,close,volume", ...rows, ""].join("\n");
const row = (bar: number, rest = "10,12,9,11,5"): string => `${newYear + bar * 60_000},${rest}`;
const clean = csv(row(0), row(1), row(2));
const gappy = csv(row(0), row(1), row(4));
const broken = csv(row(0), row(1, "10,8,9,11,5"), row(2));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "seatrial-check-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function fileOf(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function check(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { io, text } = captureIo();
  const code = await main(["bars", "check", ...argv], io);
  return { code, ...text };
}

describe("seatrial bars check", () => {
  it("says of a sound file what is in it, and ends with 0 even when strict", async () => {
    const { code, stdout, stderr } = await check(await fileOf("a.csv", clean), "--strict");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("\n  csv, 3 rows of 1m, 2025-01-01T00:00:00Z to 2025-01-01T00:03:00Z\n");
    expect(stdout).toMatch(/\n {2}sha256 [0-9a-f]{64}\n {2}nothing found\n$/);
  });

  it("tells each kind with severity, count and places", async () => {
    const { code, stdout } = await check(await fileOf("a.csv", broken));
    expect(code).toBe(3);
    expect(stdout).toMatch(/│ high_below_low │ error +│ +1 │ row 1, line 3, 2025-01-01T00:01:00Z +│\n│ +│ +│ +│ {3}high 8 is below low 9 +│/);
  });

  it("ends with 0 for notes, with 3 when strict, and with 0 again when their kind is ignored", async () => {
    const file = await fileOf("a.csv", gappy);
    const codes = [await check(file), await check(file, "--strict"), await check(file, "--strict", "--ignore", "gap")].map(({ code }) => code);
    expect(codes).toEqual([0, 3, 0]);
    expect((await check(file, "--ignore", "gap")).stdout).toContain("nothing found");
  });

  it("refuses to ignore a kind that there is not", async () => {
    expect(await check(await fileOf("a.csv", clean), "--ignore", "gaps")).toMatchObject({
      code: 3,
      stderr: 'seatrial: there is no finding of kind "gaps" (did you mean "gap"?)\n',
    });
  });

  it("gives one object for one file, a list for several and for a folder", async () => {
    const [good, bad] = [await fileOf("a.csv", clean), await fileOf("b.csv", broken)];
    const one = await check(bad, "--json");
    expect(one.code).toBe(3);
    expect(JSON.parse(one.stdout)).toMatchObject({
      file: bad,
      format: "csv",
      refusal: null,
      rows: 3,
      from: newYear,
      to: newYear + 180_000,
      timeframe: "1m",
      findings: [
        {
          kind: "high_below_low",
          severity: "error",
          count: 1,
          places: [{ row: 1, line: 3, time: newYear + 60_000, detail: "high 8 is below low 9" }],
        },
      ],
    });
    expect((JSON.parse((await check(good, bad, "--json")).stdout) as FileQuality[]).map(({ file }) => file)).toEqual([good, bad]);
    expect((JSON.parse((await check(folder, "--json")).stdout) as FileQuality[]).map(({ file }) => file)).toEqual([good, bad]);
  });

  it("passes over what is no bars in a folder, and says so; named by itself it is an error", async () => {
    await fileOf("btc/bars.csv", clean);
    const manifest = await fileOf("btc/manifest.json", '{"a": 1}');
    const funding = await fileOf("btc/funding.csv", `timestamp,fundingRate\n${newYear},0.1\n`);
    await fileOf("btc/.fetch/bars.0.1.json", "[");
    await fileOf("readme.txt", "bars");
    const { code, stdout } = await check(folder, "--strict");
    expect(code).toBe(0);
    expect(stdout).toContain(`${manifest}\n  no bars (bad_json)`);
    expect(stdout).toContain("\n1 file of bars, 0 with errors, 0 with warnings, 0 with notes; 2 other files\n");
    expect(stdout).not.toContain("readme");
    expect((await check(funding)).code).toBe(3);
  });

  it("ends with one line for a file that is not there and a folder without bars", async () => {
    const missing = await check(join(folder, "no.csv"));
    expect([missing.code, missing.stdout]).toEqual([3, ""]);
    expect(missing.stderr).toMatch(/^seatrial: .*no\.csv: no such file \(.*\)\n$/);
    expect(await check(folder)).toMatchObject({ code: 3, stderr: expect.stringContaining("there is no file of bars in this folder") as string });
  });

  it("takes the timeframe, the end of a bar, the factor of a jump and the number of places", async () => {
    const file = await fileOf("a.csv", csv(row(0), row(5), row(10), row(15, "10,30,9,11,5")));
    const kinds = async (...flags: string[]): Promise<[string, number][]> => {
      const { findings } = JSON.parse((await check(file, "--json", ...flags)).stdout) as FileQuality;
      return findings.map(({ kind, places }) => [kind, places.length]);
    };
    // The moves: 11 ÷ 9 − 1 = 0.222 twice and 30 ÷ 11 − 1 = 1.727, which is 7.8 times the median.
    expect(await kinds("--jump", "7")).toEqual([["jump", 1]]);
    expect(await kinds("--jump", "8")).toEqual([]);
    expect(await kinds("--timeframe", "1m", "--places", "2")).toEqual([
      ["wrong_timeframe", 1],
      ["gap", 2],
    ]);
    const close = await fileOf("b.csv", csv(...[1, 2, 3].map((bar) => `${newYear + bar * 60_000 - 1},10,12,9,11,5`)));
    expect((await check(close)).stdout).toMatch(/│ time_at_close +│ error/);
    expect(JSON.parse((await check(close, "--time", "close", "--json")).stdout)).toMatchObject({ from: newYear, findings: [] });
  });
});
