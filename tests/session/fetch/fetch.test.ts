// Fetching, with an exchange that misbehaves: which rows arrive, how it waits, how it ends, and that a killed fetch ends with the same
// bytes as one that was left alone. Rows are counted by hand from the bars that the fake exchange holds.

import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { beforeEach, describe, expect, it } from "vitest";

import { SeatrialError } from "../../../src/domain/index.ts";
import { readFunding } from "../../../src/market/index.ts";
import { fetchBars } from "../../../src/session/fetch/fetch.ts";
import {
  FakeExchange,
  barsOf,
  clock,
  errorOf,
  minute,
  newYear,
  overloaded,
  requestOf,
  rowsIn,
  shellOf,
  withFolders,
  type FakeHabits,
} from "./fake-exchange.ts";

beforeEach(() => {
  clock.now = newYear + 1_000 * minute;
});

describe("a fetch", () => {
  it("takes the bars of [from, to) page by page and says so in its manifest", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(400) });
      const { manifest, outcome } = await fetchBars(requestOf(folder), exchange, shellOf());
      expect(outcome).toBe("fetched");
      expect(await rowsIn(folder)).toEqual(barsOf(250));
      expect(exchange.asked).toEqual([0, 100, 200].map((k) => ["bars", newYear + k * minute]));
      const sha256 = createHash("sha256")
        .update(await readFile(join(folder, "bars.arrow")))
        .digest("hex");
      expect(manifest).toMatchObject({
        exchange: "fake",
        symbol: "BTC/USDT:USDT",
        timeframe: "1m",
        asked: { from: newYear, to: newYear + 250 * minute, also: [] },
        startedAt: "2025-01-01T16:40:00.000Z",
        bars: { file: "bars.arrow", rows: 250, from: newYear, to: newYear + 250 * minute, sha256, gaps: 0, missing: 0, findings: {} },
        mark: null,
        funding: null,
        versions: { seatrial: "0.0.0", client: "fake 1.0.0" },
      });
      expect(JSON.parse(await readFile(join(folder, "manifest.json"), "utf8"))).toEqual(manifest);
      expect(JSON.parse(await readFile(join(folder, "market.json"), "utf8"))).toEqual({ symbol: "BTC/USDT:USDT", limits: {} });
      expect((await readdir(folder)).sort()).toEqual(["bars.arrow", "manifest.json", "market.json"]);
    });
  });

  const habits: readonly (readonly [what: string, habits: FakeHabits])[] = [
    ["rows from before the page", { overlap: 3 }],
    ["pages from the newest row to the oldest", { reversed: true }],
    ["pages of one row", { pageRows: 1 }],
    ["windows of time", { windowed: true, pageRows: 7 }],
    ["more rows than it says", { pageRows: 1_000 }],
  ];
  it.each(habits)("has each bar once from an exchange that answers %s", async (_what, habit) => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder), new FakeExchange({ bars: barsOf(400) }, habit), shellOf());
      expect(await rowsIn(folder)).toEqual(barsOf(250));
    });
  });

  it("counts the holes of the market and steps over one that is wider than a page", async () => {
    // Minutes 5, 6 and 100 to 149 are missing: two gaps, 52 bars.
    const holes = [5, 6, ...Array.from({ length: 50 }, (_, k) => 100 + k)];
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(400, holes) }, { windowed: true, pageRows: 10 });
      const { manifest } = await fetchBars(requestOf(folder), exchange, shellOf());
      expect(await rowsIn(folder)).toEqual(barsOf(250, holes));
      expect(manifest.bars).toMatchObject({ rows: 198, gaps: 2, missing: 52 });
    });
  });

  it.each([
    ["an exchange that answers the next bars there are", {}, 2],
    // 120 empty minutes are 12 windows, the 130 listed ones 13.
    ["one that answers windows", { windowed: true, pageRows: 10 }, 25],
    // It leaps from the first empty window to minute 120.
    ["one that says when it listed the market", { windowed: true, pageRows: 10, listedAt: newYear + 120 * minute }, 14],
  ])("finds the listing of a market after --from, at %s", async (_what, habit, requests) => {
    await withFolders(async (folder) => {
      const listed = barsOf(400).slice(120);
      const exchange = new FakeExchange({ bars: listed }, habit);
      const { manifest } = await fetchBars(requestOf(folder), exchange, shellOf());
      expect(manifest.bars).toMatchObject({ rows: 130, from: newYear + 120 * minute, gaps: 0 });
      expect(exchange.asked).toHaveLength(requests);
    });
  });

  it("ends at an exchange that answers nothing, and leaves no trace of it", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({}, { pageRows: 10 });
      expect(await errorOf(fetchBars(requestOf(folder), exchange, shellOf()))).toMatchObject({ code: "no_bars", exitCode: 3 });
      expect(exchange.asked).toHaveLength(25);
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it("ends at once at an exchange whose next bars are all behind the end", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(400).slice(300) }, { pageRows: 10 });
      expect(await errorOf(fetchBars(requestOf(folder), exchange, shellOf()))).toMatchObject({ code: "no_bars" });
      expect(exchange.asked).toHaveLength(1);
    });
  });

  it("believes an empty page among rows only when it is answered twice", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(400) });
      const page = exchange.page.bind(exchange);
      // The second request meets a server that has nothing to say.
      exchange.page = async (kind, since) => {
        const rows = await page(kind, since);
        return exchange.asked.length === 2 ? [] : rows;
      };
      await fetchBars(requestOf(folder), exchange, shellOf());
      expect(await rowsIn(folder)).toEqual(barsOf(250));
    });
  });

  it("ends at an exchange that answers the same old bars for ever", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(20) }, { pageRows: 10, overlap: 10 });
      const { manifest } = await fetchBars(requestOf(folder), exchange, shellOf());
      expect(manifest.bars.rows).toBe(20);
      expect(exchange.asked.length).toBeLessThanOrEqual(25);
    });
  });

  it.each([
    // 10:30 after New Year's minute 100: bar 99 closed 30 s ago, bar 100 is open.
    ["its last bar is open", 100 * minute + 30_000, 0, 100],
    ["its last bar closed a moment ago", 100 * minute + 9_999, 0, 99],
    ["its last bar closed ten seconds ago", 100 * minute + 10_000, 0, 100],
    ["the exchange's clock is behind ours", 100 * minute + 30_000, -minute, 99],
    ["the exchange's clock is ahead of ours", 100 * minute + 30_000, minute, 100],
  ])("leaves out what is not finished when %s", async (_what, now, ahead, rows) => {
    await withFolders(async (folder) => {
      clock.now = newYear + now;
      await fetchBars(requestOf(folder, { to: null }), new FakeExchange({ bars: barsOf(400) }, { ahead }), shellOf());
      expect(await rowsIn(folder)).toEqual(barsOf(rows));
    });
  });

  it("refuses a range in which no bar is finished yet", async () => {
    await withFolders(async (folder) => {
      const error = await errorOf(fetchBars(requestOf(folder, { from: clock.now, to: null }), new FakeExchange({ bars: barsOf(400) }), shellOf()));
      expect(error).toMatchObject({ code: "bad_range", exitCode: 3 });
    });
  });

  it("takes mark prices and funding along", async () => {
    const funding = [
      [newYear + 7, 0.0001],
      [newYear + 8 * 3_600_000 + 3, -0.0000125],
      [newYear + 16 * 3_600_000, 1e-7],
    ];
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({ bars: barsOf(400), mark: barsOf(400).map((row) => [...row.slice(0, 5), 0]), funding }, { pageRows: 2 });
      const { manifest } = await fetchBars(requestOf(folder, { to: newYear + 10 * minute, also: ["mark", "funding"] }), exchange, shellOf());
      expect(manifest.mark).toMatchObject({ file: "mark.arrow", rows: 10, gaps: 0, findings: {} });
      expect(manifest.funding).toMatchObject({ file: "funding.csv", rows: 1, from: newYear + 7, to: newYear + 7 });
      await fetchBars(requestOf(folder, { to: newYear + 960 * minute, also: ["funding"], force: true }), exchange, shellOf());
      expect(await readFile(join(folder, "funding.csv"), "utf8")).toBe(
        `timestamp,fundingRate\n${newYear + 7},0.0001\n${newYear + 28_800_003},-0.0000125\n`,
      );
      // And the readers of the market room take it.
      const { length, time } = await readFunding(join(folder, "funding.csv"));
      expect([length, ...time]).toEqual([2, newYear + 7, newYear + 28_800_003]);
      // The mark price was not asked for again: its old file would no longer fit.
      expect(await readdir(folder)).not.toContain("mark.arrow");
    });
  });

  it.each([
    ["no number", [newYear, 1, 2, null, 1, 1]],
    ["a value missing", [newYear, 1, 2, 1, 1]],
    ["no time", [Number.NaN, 1, 2, 1, 1, 1]],
  ])("breaks off at a row with %s", async (_what, row) => {
    await withFolders(async (folder) => {
      const error = await errorOf(fetchBars(requestOf(folder), new FakeExchange({ bars: [row as number[]] }, { overlap: 1 }), shellOf()));
      expect(error).toMatchObject({ code: "exchange_answer_flawed", exitCode: 1 });
    });
  });
});

describe("a failing exchange", () => {
  const failing = (count: number, waitMs: number | null = null): FakeHabits => ({
    before: (request) => {
      if (request < count) throw overloaded(waitMs);
    },
  });

  it("is asked again after 1, 2, 4 … at most 60 s", async () => {
    await withFolders(async (folder) => {
      const shell = shellOf();
      await fetchBars(requestOf(folder), new FakeExchange({ bars: barsOf(400) }, failing(7)), shell);
      expect(shell.slept).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000]);
      expect(await rowsIn(folder)).toEqual(barsOf(250));
    });
  });

  it("is given the time it asks for", async () => {
    await withFolders(async (folder) => {
      const shell = shellOf();
      await fetchBars(requestOf(folder), new FakeExchange({ bars: barsOf(400) }, failing(2, 30_000)), shell);
      expect(shell.slept).toEqual([30_000, 30_000]);
    });
  });

  it("is given up after eight tries, and the fetch goes on another day", async () => {
    await withFolders(async (folder) => {
      const request = requestOf(folder);
      const dead = new FakeExchange(
        { bars: barsOf(400) },
        {
          before: (at) => {
            if (at > 0) throw overloaded();
          },
        },
      );
      expect(await errorOf(fetchBars(request, dead, shellOf()))).toMatchObject({ code: "exchange_unreachable", exitCode: 1 });
      expect(dead.asked).toHaveLength(9);
      clock.now += 86_400_000;
      const alive = new FakeExchange({ bars: barsOf(400) });
      expect(await fetchBars(request, alive, shellOf())).toMatchObject({ outcome: "resumed", manifest: { startedAt: "2025-01-01T16:40:00.000Z" } });
      expect(alive.asked[0]).toEqual(["bars", newYear + 100 * minute]);
      expect(await rowsIn(folder)).toEqual(barsOf(250));
    });
  });

  it("that bans for longer than five minutes is not waited for", async () => {
    await withFolders(async (folder) => {
      const shell = shellOf();
      const error = await errorOf(fetchBars(requestOf(folder), new FakeExchange({ bars: barsOf(400) }, failing(1, 301_000)), shell));
      expect(error).toMatchObject({ code: "exchange_asks_to_wait", exitCode: 1 });
      expect([error.reason, shell.slept]).toEqual(["the exchange asks to wait 301 s: too many requests", []]);
    });
  });

  it("that is not there at all is given up after three tries", async () => {
    await withFolders(async (folder) => {
      const exchange = new FakeExchange({});
      exchange.open = () => Promise.reject(overloaded());
      const shell = shellOf();
      expect(await errorOf(fetchBars(requestOf(folder), exchange, shell))).toMatchObject({ code: "exchange_unreachable", exitCode: 1 });
      expect(shell.slept).toEqual([1_000, 2_000]);
    });
  });

  it("that refuses for good is not asked again", async () => {
    await withFolders(async (folder) => {
      const refusal = new SeatrialError({ code: "exchange_refused", reason: "not from here", exitCode: 1 });
      const exchange = new FakeExchange(
        { bars: barsOf(400) },
        {
          before: () => {
            throw refusal;
          },
        },
      );
      expect(await errorOf(fetchBars(requestOf(folder), exchange, shellOf()))).toBe(refusal);
      expect(exchange.asked).toHaveLength(1);
    });
  });
});
