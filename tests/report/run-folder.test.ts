// The folder of a run: complete or absent, read back by independent readers.

import { readdirSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tableFromIPC } from "apache-arrow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Millis } from "../../src/domain/index.ts";
import { manifestOf, type Manifest } from "../../src/report/manifest.ts";
import { assertWritable, sweepPartials } from "../../src/report/output-folder.ts";
import { folderName, folderTime, writeRunFolder } from "../../src/report/run-folder.ts";
import { samplePlan } from "./sample-plan.ts";
import { outcomeOf, record } from "./sample.ts";

const tag = "a1b2";
const now = new Date(Date.UTC(2026, 10, 21, 2, 38, 12, 345));

function manifest(): Manifest {
  return manifestOf(samplePlan(), {
    file: "scenarios/worked-example.json",
    scenarioFileHash: "ab".repeat(32),
    runHash: record.runHash,
    assumptions: record.assumptions,
    digests: ["cd".repeat(32)],
    moneyScales: { USDC: 8 },
    labels: ["synthetic"],
    startedAt: now,
    versions: { seatrial: "0.1.0", node: "26.10.0", ccxt: null },
  });
}

/** Hands each on and tells of it. */
function* each<T>(items: Iterable<T>, tell: (item: T) => void): Iterable<T> {
  for (const item of items) {
    tell(item);
    yield item;
  }
}

describe("the folder of a run", () => {
  let out = "";
  beforeEach(async () => {
    out = await mkdtemp(join(tmpdir(), "seatrial-report-"));
  });
  afterEach(async () => {
    await rm(out, { recursive: true, force: true });
  });

  it("holds every file, under the scenario's name and the time of the run", async () => {
    const folder = await writeRunFolder(outcomeOf(), record, manifest(), { out, tag, now });
    expect(folder).toBe(join(out, "worked-example", "2026-11-21T02-38-12-345Z"));
    expect((await readdir(folder)).sort()).toEqual([
      "equity.arrow",
      "fills.csv",
      "journal.ndjson",
      "junit.xml",
      "manifest.json",
      "metrics.json",
      "orders.csv",
      "result.json",
      "trades.csv",
    ]);
    expect(await readFile(join(folder, "journal.ndjson"), "utf8")).toBe('{"kind":"start"}\n{"kind":"end"}\n');
    const result = JSON.parse(await readFile(join(folder, "result.json"), "utf8")) as { readonly final: { readonly equity: string } };
    expect(result.final.equity).toBe("1001.9296");
    expect(await readdir(join(out, "worked-example"))).toEqual(["2026-11-21T02-38-12-345Z"]);
  });

  it("writes equity as an Arrow file of timestamps and float64", async () => {
    const folder = await writeRunFolder(outcomeOf(), record, manifest(), { out, tag, now });
    const table = tableFromIPC(await readFile(join(folder, "equity.arrow")));
    expect(table.schema.fields.map((field) => `${field.name}: ${field.type.toString()}`)).toEqual([
      "time: Timestamp<MILLISECOND, UTC>",
      "equity: Float64",
    ]);
    expect([...(table.getChild("time") ?? [])].map(Number)).toEqual([60_000, 120_000, 180_000]);
    expect([...(table.getChild("equity") ?? [])]).toEqual([1000, 999.95, 1001.9296]);
  });

  it("gives two runs of one millisecond two folders", async () => {
    const first = await writeRunFolder(outcomeOf(), record, manifest(), { out, tag, now });
    const second = await writeRunFolder(outcomeOf(), record, manifest(), { out, tag, now });
    expect([first, second].map((folder) => folder.slice(-4))).toEqual(["345Z", "346Z"]);
  });

  it("leaves nothing behind when a file cannot be finished", async () => {
    const broken = {
      ...record,
      journalLines: (): Iterable<string> => {
        throw new RangeError("the tape is torn");
      },
    };
    const writing = writeRunFolder(outcomeOf(), broken, manifest(), { out, tag, now });
    await expect(writing).rejects.toThrow("the tape is torn");
    expect(await readdir(join(out, "worked-example"))).toEqual([]);
  });

  it("is half-written under the tag of its command, by which it is found and removed, and nobody else's", async () => {
    const broken = {
      ...record,
      journalLines: function* (): Iterable<string> {
        const [parent = ""] = readdirSync(out);
        yield readdirSync(join(out, parent)).join(", ");
        throw new RangeError("the tape is torn");
      },
    };
    const lines: string[] = [];
    const watched = { ...broken, journalLines: () => each(broken.journalLines(), (line) => lines.push(line)) };
    await expect(writeRunFolder(outcomeOf(), watched, manifest(), { out, tag, now })).rejects.toThrow("torn");
    expect(lines).toEqual([expect.stringMatching(/^\.partial-a1b2-[0-9a-f-]{36}$/)]);
    for (const name of ["a/.partial-a1b2-1", "a/2026-11-21T02-38-12-345Z", "b/.partial-a1b2-2", "b/.partial-ffff-1", "c/.partial-a1b2-3"]) {
      await mkdir(join(out, name), { recursive: true });
      await writeFile(join(out, name, "result.json"), "{");
    }
    await writeFile(join(out, "index.html"), "");
    await sweepPartials(out, tag);
    expect((await readdir(out, { recursive: true })).filter((name) => !name.includes("result.json")).sort()).toEqual([
      "a",
      "a/2026-11-21T02-38-12-345Z",
      "b",
      "b/.partial-ffff-1",
      "index.html",
      "worked-example",
    ]);
    await sweepPartials(join(out, "nowhere"), tag);
  });

  it("is a typed error with exit code 3 where no folder can be made", async () => {
    const file = join(out, "file");
    await writeFile(file, "");
    const refused = { code: "output_not_writable", exitCode: 3, hint: "name another folder with --out, or write no report with --no-report" };
    await expect(writeRunFolder(outcomeOf(), record, manifest(), { out: file, tag, now })).rejects.toMatchObject(refused);
    await expect(assertWritable(file)).rejects.toMatchObject(refused);
    await expect(assertWritable(join(file, "deeper"))).rejects.toMatchObject(refused);
  });

  it.runIf(process.platform === "linux")("is refused at once on a file system that takes no folders", async () => {
    const writing = writeRunFolder(outcomeOf(), record, manifest(), { out: "/proc/nothing", tag, now });
    await expect(writing).rejects.toMatchObject({ code: "output_not_writable", exitCode: 3 });
  });

  it("is found writable before it exists, without being created", async () => {
    await mkdir(join(out, "a"));
    await assertWritable(join(out, "a", "b", "c"));
    expect(await readdir(join(out, "a"))).toEqual([]);
  });
});

describe("names on disk", () => {
  it.each([
    ["hype-dca", "hype-dca"],
    ["../../etc/passwd", "etc-passwd"],
    ["HYPE/USDC:USDC 1m", "HYPE-USDC-USDC-1m"],
    ["…", "scenario"],
    ["x".repeat(300), "x".repeat(100)],
  ])("of the scenario %j is %j", (scenario, name) => {
    expect(folderName(scenario)).toBe(name);
  });

  it("sort by time and hold nothing that a file system refuses", () => {
    expect(folderTime(new Date(0))).toBe("1970-01-01T00-00-00-000Z");
  });
});

describe("the manifest", () => {
  it("names versions, hashes, bars, scales and settings", () => {
    expect(manifest()).toMatchObject({
      scenario: "worked-example",
      file: "scenarios/worked-example.json",
      startedAt: "2026-11-21T02:38:12.345Z",
      versions: { seatrial: "0.1.0", node: "26.10.0", ccxt: null },
      hashes: {
        scenarioFile: "ab".repeat(32),
        run: record.runHash,
        bars: [{ symbol: "HYPE/USDC:USDC", timeframe: "1m", bars: 2, from: 0 as Millis, to: 120_000 as Millis, digest: "cd".repeat(32) }],
      },
      seed: 7,
      labels: ["synthetic"],
      venue: "generic",
      positionMode: "hedge",
      fill: { path: "adaptive" },
      scales: { money: { USDC: 8 }, price: { "HYPE/USDC:USDC": 2 }, quantity: { "HYPE/USDC:USDC": 3 } },
      strategy: { name: "scripted", params: { actions: [] } },
    });
  });
});
