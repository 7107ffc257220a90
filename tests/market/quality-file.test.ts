// The quality check of files that readers refuse: what can be told is told, with lines; hash, format and the file's own time.
import { utimes } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkFile, readBars, type FileQuality } from "../../src/market/index.ts";
import { createSha256 } from "../../src/session/sha256.ts";
import { errorOf, newYear, withFile, withFolder } from "./bar-folder.ts";

const header = "timestamp,open,high,low,close,volume";
const lines = (...rows: string[]): string => `${[header, ...rows].join("\n")}\n`;
const row = (bar: number, rest = "10,12,9,11,5"): string => `${newYear + bar * 60_000},${rest}`;

async function check(name: string, content: string | Uint8Array, now = newYear + 1e9): Promise<FileQuality> {
  const found: FileQuality[] = [];
  await withFile(name, content, async (path) => {
    found.push(await checkFile(path, { createSha256, now }));
  });
  return found[0] as FileQuality;
}

describe("a file", () => {
  it("is told with its hash, its format, its range and nothing else when it is sound", async () => {
    // sha256sum of the four lines below.
    const text = lines(row(0), row(1), row(2));
    expect(await check("a.csv", text)).toMatchObject({
      sha256: "dd469b46a2e95eca76d8471b3b1a617a774235d0e8ef05d77841a5fb1189835f",
      format: "csv",
      refusal: null,
      rows: 3,
      from: newYear,
      to: newYear + 180_000,
      timeframe: "1m",
      findings: [],
    });
    expect(await check("a.csv.gz", gzipSync(text))).toMatchObject({ format: "csv gzip", rows: 3 });
    expect(await check("a.json", `[[${row(0)}],[${row(1)}]]`)).toMatchObject({ format: "json", rows: 2 });
  });

  it("that is not there, or a folder, is an error and no finding", async () => {
    await withFolder(async (folder) => {
      expect(await errorOf(() => checkFile(`${folder}/no.csv`, { createSha256 }))).toMatchObject({ code: "file_missing" });
      expect(await errorOf(() => checkFile(folder, { createSha256 }))).toMatchObject({ code: "file_is_directory" });
    });
  });

  it("claims a timeframe by its name", async () => {
    const text = lines(row(0), row(1), row(2));
    expect((await check("BTC_USDT-5m-futures.csv", text)).findings).toMatchObject([{ kind: "wrong_timeframe", severity: "warning" }]);
    expect((await check("BTC_USDT-1m.csv", text)).findings).toEqual([]);
    expect((await check("5mm.csv", text)).findings).toEqual([]);
  });

  it("that was written while its last bar was open holds it unfinished, years later too", async () => {
    await withFile("a.csv", lines(row(0), row(1), row(2)), async (path) => {
      const kindsAt = async (written: number): Promise<string[]> => {
        await utimes(path, written / 1_000, written / 1_000);
        return (await checkFile(path, { createSha256, now: newYear + 1e11 })).findings.map(({ kind }) => kind);
      };
      expect(await kindsAt(newYear + 150_000)).toEqual(["unfinished_last_bar"]);
      expect(await kindsAt(newYear + 180_000)).toEqual([]);
      // Archives set times of their own: a file from before its bars tells nothing.
      expect(await kindsAt(499_162_500_000)).toEqual([]);
    });
  });
});

describe("a broken CSV file", () => {
  it("gives every line that is none and every flaw of the others", async () => {
    const text = lines(
      row(0),
      row(1, "10,x,9,11,5"),
      row(2, "10,8,9,11,5"),
      "",
      row(4),
      row(5, "10,12"),
      row(5, "10,NaN,9,11,5"),
      row(6, "10,12,9,11,0"),
    );
    await withFile("a.csv", text, async (path) => {
      // The reader names only the first of them.
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "bad_number", place: { line: 3 } });
      const { rows, refusal, findings } = await checkFile(path, { createSha256, placesMax: 9 });
      expect([rows, refusal]).toEqual([8, "bad_number"]);
      expect(findings.map(({ kind, count, places }) => [kind, count, places.map(({ line }) => line)])).toEqual([
        ["unreadable", 3, [3, 5, 7]],
        ["not_finite", 1, [8]],
        ["high_below_low", 1, [4]],
        // Minutes 1 and 3 are not to be read.
        ["gap", 2, [4, 6]],
        ["zero_volume", 1, [9]],
      ]);
      expect(findings[0]?.places.map(({ detail }) => detail)).toEqual([
        'high "x" is not a number',
        "an empty line between rows",
        "the line ends after 3 of at least 6 fields",
      ]);
    });
  });

  it("counts a header that is missing, quoted fields, other delimiters and text times as its reader does", async () => {
    const text = [
      '"2025-01-01 00:00";"10";"12";"9";"11";"5"',
      '"2025-01-01 00:01";"10";"12";"9";"11";"oops"',
      '"2025-01-01 00:02";10;12;9;11;5',
      "",
    ].join("\r\n");
    const { findings, rows, from, to } = await check("a.csv", text);
    expect([rows, from, to]).toEqual([3, newYear, newYear + 240_000]);
    expect(findings.map(({ kind, places }) => [kind, places.map(({ line }) => line)])).toEqual([["unreadable", [2]]]);
  });

  it("tells in the reader's words what no line shows", async () => {
    const { findings } = await check("a.csv", lines(row(0, "10.123456789012,12,9,11,5"), row(1)));
    expect(findings).toMatchObject([{ kind: "unreadable", count: 1, places: [{ line: 2 }] }]);
    expect(findings[0]?.places[0]?.detail).toContain("has more than 10 decimals");
  });

  it.each([
    ["without a row", `${header}\n`, "no_bars"],
    ["with other columns", "timestamp,fundingRate\n1735689600000,0.1\n", "column_missing"],
    ["that is empty", "", "file_empty"],
    ["that is binary", Uint8Array.of(1, 2, 3, 4), "file_not_text"],
    ["that is half a gzip stream", gzipSync(lines(row(0), row(1))).subarray(0, 40), "file_truncated"],
  ])("%s is unreadable as a whole", async (_what, content, refusal) => {
    const { findings, rows, ...rest } = await check("a.csv", content);
    expect(rest.refusal).toBe(refusal);
    expect([rows, findings.map(({ kind, count }) => [kind, count])]).toEqual([0, [["unreadable", 1]]]);
  });
});
