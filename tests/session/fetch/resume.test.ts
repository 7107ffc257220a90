// A fetch that was killed, interrupted or continued ends with the same bytes as one that was left alone; a folder that holds another
// fetch is not written over. The naive answer is the list of bars that the fake exchange holds.

import { cpSync, rmSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

import { SeatrialError } from "../../../src/domain/index.ts";
import { fetchBars } from "../../../src/session/fetch/fetch.ts";
import {
  FakeExchange,
  barsOf,
  bytesOf,
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

/** Habits of an exchange at whose n-th page (from 0) the process dies. */
const killedAt = (request: number, habits: FakeHabits = {}): FakeHabits => ({
  ...habits,
  before: (at) => {
    if (at === request) throw new Error("killed");
  },
});

beforeEach(() => {
  clock.now = newYear + 1_000 * minute;
});

describe("a killed fetch", () => {
  const request = (folder: string) => requestOf(folder, { also: ["mark", "funding"] });
  const rows = { bars: barsOf(400, [77]), mark: barsOf(300), funding: [0, 1, 2, 3].map((hour) => [newYear + hour * 3_600_000, 0.0001 * hour]) };
  const calm: FakeHabits = { pageRows: 60 };

  it("ends with the same bytes as one that was left alone, wherever it was killed", async () => {
    await withFolders(async (whole, killed) => {
      const undisturbed = new FakeExchange(rows, calm);
      await fetchBars(request(whole), undisturbed, shellOf());
      const expected = await bytesOf(whole);
      expect(undisturbed.asked.length).toBeGreaterThan(10);
      for (let at = 0; at < undisturbed.asked.length; at += 1) {
        const folder = join(killed, String(at));
        await expect(fetchBars(request(folder), new FakeExchange(rows, killedAt(at, calm)), shellOf())).rejects.toThrow("killed");
        const rest = new FakeExchange(rows, calm);
        expect((await fetchBars(request(folder), rest, shellOf())).outcome).toBe("resumed");
        // It goes on with the page at which it died: nothing that is on disk is asked for again.
        expect(rest.asked[0]).toEqual(undisturbed.asked[at]);
        expect(await bytesOf(folder)).toEqual(expected);
      }
    });
  });

  it("fetches a page again that is damaged on disk", async () => {
    await withFolders(async (whole, folder) => {
      await fetchBars(requestOf(whole), new FakeExchange(rows, calm), shellOf());
      await expect(fetchBars(requestOf(folder), new FakeExchange(rows, killedAt(3, calm)), shellOf())).rejects.toThrow("killed");
      const pages = (await readdir(join(folder, ".fetch"))).filter((name) => name.startsWith("bars.")).sort();
      expect(pages).toHaveLength(3);
      await writeFile(join(folder, ".fetch", pages[1] ?? ""), "[[17356");
      await fetchBars(requestOf(folder), new FakeExchange(rows, calm), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("is not led astray by pages that are none, nor by a page of another length in place of a damaged one", async () => {
    await withFolders(async (whole, folder) => {
      await fetchBars(requestOf(whole), new FakeExchange(rows, calm), shellOf());
      await expect(fetchBars(requestOf(folder), new FakeExchange(rows, killedAt(2, calm)), shellOf())).rejects.toThrow("killed");
      const second = newYear + 60 * minute;
      // Minute 77 is missing: sixty bars from minute 60 on end with minute 120.
      await writeFile(join(folder, ".fetch", `bars.${second}.${newYear + 121 * minute}.json`), "[[");
      await writeFile(join(folder, ".fetch", `bars.${second - minute}.${second - minute}.json`), "[]");
      await fetchBars(requestOf(folder), new FakeExchange(rows, { pageRows: 40 }), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("does not turn in circles over a page that leads nowhere", async () => {
    await withFolders(async (folder) => {
      await expect(fetchBars(requestOf(folder), new FakeExchange(rows, killedAt(0, calm)), shellOf())).rejects.toThrow("killed");
      await writeFile(join(folder, ".fetch", `bars.${newYear}.${newYear}.json`), "[]");
      expect((await fetchBars(requestOf(folder), new FakeExchange(rows, calm), shellOf())).manifest.bars.rows).toBe(249);
    });
  });

  it("is not finished with a page missing that was there a moment ago", async () => {
    await withFolders(async (whole, folder) => {
      await fetchBars(requestOf(whole), new FakeExchange(rows, calm), shellOf());
      const robbed = new FakeExchange(rows, {
        ...calm,
        before: (at) => {
          if (at === 4) rmSync(join(folder, ".fetch", `bars.${newYear + 60 * minute}.${newYear + 121 * minute}.json`));
        },
      });
      const error = await errorOf(fetchBars(requestOf(folder), robbed, shellOf()));
      expect(error).toMatchObject({ code: "fetch_folder_unusable", exitCode: 3 });
      expect(error.reason).toBe("pages of bars from 2025-01-01T01:00:00.000Z on are no longer there");
      await fetchBars(requestOf(folder), new FakeExchange(rows, calm), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("is finished again when it died while its files were put together", async () => {
    await withFolders(async (whole, folder) => {
      await fetchBars(request(whole), new FakeExchange(rows, calm), shellOf());
      // Something stands where the bars belong: the pages are all there, the files are not.
      await mkdir(join(folder, "bars.arrow", "x"), { recursive: true });
      expect(await errorOf(fetchBars(request(folder), new FakeExchange(rows, calm), shellOf()))).toMatchObject({
        code: "file_unwritable",
        exitCode: 3,
      });
      await rm(join(folder, "bars.arrow"), { recursive: true });
      const idle = new FakeExchange(rows, calm);
      expect((await fetchBars(request(folder), idle, shellOf())).outcome).toBe("resumed");
      expect(idle.asked).toEqual([]);
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("is not continued by other words, but by --force begun anew", async () => {
    await withFolders(async (folder) => {
      await expect(fetchBars(requestOf(folder), new FakeExchange(rows, killedAt(0)), shellOf())).rejects.toThrow("killed");
      const others = [{ to: newYear + 20 * minute }, { from: newYear - minute }, { also: ["mark"] as const }, { symbol: "ETH/USDT:USDT" }];
      for (const other of others) {
        const error = await errorOf(fetchBars(requestOf(folder, other), new FakeExchange(rows), shellOf()));
        expect(error).toMatchObject({ code: "fetch_unfinished", exitCode: 3 });
      }
      const anew = requestOf(folder, { to: newYear + 20 * minute, force: true });
      expect((await fetchBars(anew, new FakeExchange(rows), shellOf())).manifest.bars.rows).toBe(20);
    });
  });

  it("says 130 and how it goes on when it was interrupted, in a request and in a pause", async () => {
    await withFolders(async (whole, folder) => {
      await fetchBars(requestOf(whole), new FakeExchange(rows, calm), shellOf());
      const first = new AbortController();
      const hanging = new FakeExchange(rows, calm);
      const page = hanging.page.bind(hanging);
      hanging.page = async (kind, since) => {
        if (since === newYear) return page(kind, since);
        queueMicrotask(() => first.abort());
        return new Promise(() => undefined);
      };
      const interrupted = await errorOf(fetchBars(requestOf(folder), hanging, shellOf({ signal: first.signal })));
      expect(interrupted).toMatchObject({ code: "interrupted", exitCode: 130, hint: "the same command goes on from there" });
      const second = new AbortController();
      const pausing = shellOf({ signal: second.signal, sleep: async () => second.abort() });
      const busy = new FakeExchange(rows, {
        ...calm,
        before: () => {
          throw overloaded();
        },
      });
      expect(await errorOf(fetchBars(requestOf(folder), busy, pausing))).toMatchObject({ exitCode: 130 });
      await fetchBars(requestOf(folder), new FakeExchange(rows, calm), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });
});

describe("a folder that holds a fetch", () => {
  const rows = { bars: barsOf(900), funding: [0, 1, 2, 3, 4].map((hour) => [newYear + hour * 3_600_000, 0.0001]) };

  it("is complete when the same is asked again, without a request", async () => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      const idle = new FakeExchange(rows);
      expect(await fetchBars(requestOf(folder), idle, shellOf())).toMatchObject({ outcome: "complete", manifest: { bars: { rows: 250 } } });
      expect(idle.asked).toEqual([]);
    });
  });

  it("is not written over by another fetch", async () => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      const before = await bytesOf(folder);
      const others = [
        { symbol: "ETH/USDT:USDT" },
        { timeframe: "5m" },
        { to: newYear + 20 * minute },
        { to: null },
        { exchange: "bybit" },
        { also: ["funding"] as const },
      ];
      for (const other of others) {
        const error = await errorOf(fetchBars(requestOf(folder, other), new FakeExchange(rows), shellOf()));
        expect(error).toMatchObject({ code: "folder_taken", exitCode: 3 });
      }
      expect(await bytesOf(folder)).toEqual(before);
    });
  });

  it("that was fetched without an end is never complete: the same words would mean more each minute", async () => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder, { to: null }), new FakeExchange(rows), shellOf());
      expect(await errorOf(fetchBars(requestOf(folder, { to: null }), new FakeExchange(rows), shellOf()))).toMatchObject({ code: "folder_taken" });
    });
  });

  it("whose files were changed is not trusted", async () => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      await writeFile(join(folder, "bars.arrow"), "x");
      for (const from of [newYear, null]) {
        const error = await errorOf(fetchBars(requestOf(folder, { from }), new FakeExchange(rows), shellOf()));
        expect(error).toMatchObject({ code: "files_changed", exitCode: 3 });
      }
    });
  });

  it("whose manifest is something else is left alone", async () => {
    await withFolders(async (folder) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      for (const text of ["{}", "nonsense", "[]", "null"]) {
        await writeFile(join(folder, "manifest.json"), text);
        const error = await errorOf(fetchBars(requestOf(folder), new FakeExchange(rows), shellOf()));
        expect(error).toMatchObject({ code: "bad_manifest", exitCode: 3 });
      }
    });
  });

  it("goes on from its last bar and its last funding, and then holds what one fetch would have brought", async () => {
    await withFolders(async (folder, whole) => {
      const also = ["funding"] as const;
      await fetchBars(requestOf(folder, { also }), new FakeExchange(rows), shellOf());
      const later = new FakeExchange(rows);
      const more = requestOf(folder, { from: null, to: newYear + 600 * minute });
      const { manifest, outcome } = await fetchBars(more, later, shellOf());
      expect([outcome, manifest.bars.rows, manifest.funding?.rows, manifest.asked.from]).toEqual(["fetched", 600, 5, newYear]);
      // Bars go on at minute 250; funding after the payment at 4:00 = minute 240.
      expect(later.asked[0]).toEqual(["bars", newYear + 250 * minute]);
      expect(later.asked.find(([kind]) => kind === "funding")).toEqual(["funding", newYear + 240 * minute + 1]);
      await fetchBars(requestOf(whole, { also, to: newYear + 600 * minute }), new FakeExchange(rows), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("goes on after a kill in between, with the same bytes", async () => {
    await withFolders(async (folder, whole) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      const more = requestOf(folder, { from: null, to: newYear + 600 * minute });
      await expect(fetchBars(more, new FakeExchange(rows, killedAt(2)), shellOf())).rejects.toThrow("killed");
      // Until it is finished, the folder holds what it held.
      expect((await rowsIn(folder)).length).toBe(250);
      expect((await fetchBars(more, new FakeExchange(rows), shellOf())).outcome).toBe("resumed");
      await fetchBars(requestOf(whole, { to: newYear + 600 * minute }), new FakeExchange(rows), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("goes on after a kill between its new bars and its new manifest, with the same bytes", async () => {
    await withFolders(async (folder, whole) => {
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      const manifest = await readFile(join(folder, "manifest.json"));
      const more = requestOf(folder, { from: null, to: newYear + 600 * minute });
      const aside = `${folder}-aside`;
      const exchange = new FakeExchange(rows, {
        before: (at) => {
          if (at === 3) cpSync(join(folder, ".fetch"), aside, { recursive: true });
        },
      });
      await fetchBars(more, exchange, shellOf());
      // As if the process had died before the manifest: new bars, old manifest, plan and pages still there.
      await writeFile(join(folder, "manifest.json"), manifest);
      cpSync(aside, join(folder, ".fetch"), { recursive: true });
      expect((await fetchBars(more, new FakeExchange(rows), shellOf())).outcome).toBe("resumed");
      await fetchBars(requestOf(whole, { to: newYear + 600 * minute }), new FakeExchange(rows), shellOf());
      expect(await bytesOf(folder)).toEqual(await bytesOf(whole));
    });
  });

  it("looks from the start for a kind of which there was none at first", async () => {
    await withFolders(async (folder) => {
      const also = ["funding"] as const;
      const first = await fetchBars(requestOf(folder, { also }), new FakeExchange({ bars: rows.bars }), shellOf());
      expect(first.manifest.funding).toBeNull();
      const repeated = await fetchBars(requestOf(folder, { also }), new FakeExchange({}), shellOf());
      expect(repeated.outcome).toBe("complete");
      const { manifest } = await fetchBars(requestOf(folder, { from: null, to: newYear + 600 * minute }), new FakeExchange(rows), shellOf());
      expect(manifest).toMatchObject({ bars: { rows: 600 }, funding: { rows: 5, from: newYear } });
    });
  });

  it("is current when nothing newer is finished, and an empty folder has nothing to go on from", async () => {
    await withFolders(async (folder, empty) => {
      clock.now = newYear + 250 * minute + 30_000;
      await fetchBars(requestOf(folder), new FakeExchange(rows), shellOf());
      const before = await bytesOf(folder);
      expect((await fetchBars(requestOf(folder, { from: null, to: null }), new FakeExchange(rows), shellOf())).outcome).toBe("current");
      expect(await bytesOf(folder)).toEqual(before);
      const error = await errorOf(fetchBars(requestOf(empty, { from: null, to: null }), new FakeExchange(rows), shellOf()));
      expect(error).toMatchObject({ code: "nothing_to_continue", exitCode: 3 });
    });
  });
});

describe("whatever the exchange's habits", () => {
  const world = fc.record({
    pageRows: fc.integer({ min: 1, max: 40 }),
    windowed: fc.boolean(),
    overlap: fc.integer({ min: 0, max: 5 }),
    reversed: fc.boolean(),
    holes: fc.uniqueArray(fc.integer({ min: 0, max: 119 }), { maxLength: 60 }),
    from: fc.integer({ min: -20, max: 60 }),
    length: fc.integer({ min: 1, max: 100 }),
    failures: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 6 }),
    kills: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
  });

  it("each bar of the range arrives once, over any number of kills and failures", async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ holes, from, length, failures, kills, ...habits }) => {
        await withFolders(async (folder) => {
          const kept = barsOf(120, holes);
          const expected = kept.filter(([time = 0]) => time >= newYear + from * minute && time < newYear + (from + length) * minute);
          const request = requestOf(folder, { from: newYear + from * minute, to: newYear + (from + length) * minute });
          let number = 0;
          const before = (): void => {
            number += 1;
            if (kills.includes(number - 1)) throw new Error("killed");
            if (failures.includes(number - 1)) throw overloaded();
          };
          for (let run = 0; run <= kills.length; run += 1) {
            const ended = await fetchBars(request, new FakeExchange({ bars: kept }, { ...habits, before }), shellOf()).then(
              () => "done",
              (error: unknown) => (error instanceof SeatrialError ? error.code : "killed"),
            );
            if (ended === "killed") continue;
            expect(ended).toBe(expected.length === 0 ? "no_bars" : "done");
            break;
          }
          if (expected.length > 0) expect(await rowsIn(folder)).toEqual(expected);
        });
      }),
      { numRuns: 60 },
    );
  });
});
