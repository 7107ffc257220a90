// The merged feed against closings written by hand and against a plain sort of all of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BarSeries } from "../../src/domain/index.ts";
import { Feed } from "../../src/market/index.ts";
import { errorOf, newYear, seriesOf } from "./bar-folder.ts";

const minute = 60_000;

/** Bars at the given minutes after New Year. */
function at(symbol: string, timeframe: string, minutes: readonly number[]): BarSeries {
  return seriesOf(
    symbol,
    timeframe,
    minutes.map((open) => [newYear + open * minute, 1, 1, 1, 1, 1]),
  );
}

/** Every closing as [minute, market, series, bar]. */
function closings(feed: Feed): number[][] {
  const seen: number[][] = [];
  while (feed.advance()) {
    for (let k = 0; k < feed.count; k += 1) seen.push([(feed.time - newYear) / minute, feed.marketAt(k), feed.seriesAt(k), feed.barAt(k)]);
  }
  return seen;
}

describe("Feed", () => {
  it("shows a bar when it has closed, one market after the other at the same instant", () => {
    const feed = new Feed([[at("A", "1m", [0, 1])], [at("B", "1m", [1, 2])]]);
    expect(closings(feed)).toEqual([
      [1, 0, 0, 0],
      [2, 0, 0, 1],
      [2, 1, 0, 0],
      [3, 1, 0, 1],
    ]);
  });

  it("closes a longer bar after the last shorter one of every market, shorter timeframes first", () => {
    const a = [at("A", "1m", [0, 1, 2, 3]), at("A", "2m", [0, 2]), at("A", "4m", [0])];
    const b = [at("B", "2m", [0, 2]), at("B", "4m", [0])];
    expect(closings(new Feed([a, b]))).toEqual([
      [1, 0, 0, 0],
      [2, 0, 0, 1],
      [2, 1, 0, 0],
      [2, 0, 1, 0],
      [3, 0, 0, 2],
      [4, 0, 0, 3],
      [4, 1, 0, 1],
      [4, 0, 1, 1],
      [4, 0, 2, 0],
      [4, 1, 1, 0],
    ]);
  });

  it("says when the finest bars of an instant have opened, the earliest of several markets", () => {
    const feed = new Feed([[at("A", "1m", [4]), at("A", "5m", [0])], [at("B", "5m", [0, 10])]]);
    const opens: number[] = [];
    while (feed.advance()) opens.push((feed.open - newYear) / minute);
    // At minute 5 A's bar of 4 closes and B's of 0; at 15 B's of 10, behind a hole.
    expect(opens).toEqual([0, 10]);
  });

  it("leaves out instants without a closing and stays at the end", () => {
    const feed = new Feed([[at("A", "1m", [0, 5])]]);
    expect([feed.length, feed.time, feed.count]).toEqual([2, -1, 0]);
    expect(closings(feed)).toEqual([
      [1, 0, 0, 0],
      [6, 0, 0, 1],
    ]);
    expect([feed.advance(), feed.count, feed.time]).toEqual([false, 0, newYear + 6 * minute]);
  });

  it("passes over a series without bars", () => {
    expect(closings(new Feed([[at("A", "1m", [])], [at("B", "1m", [0])]]))).toEqual([[1, 1, 0, 0]]);
    expect(new Feed([[at("A", "1m", [])]]).advance()).toBe(false);
  });

  it("gives every closing once, in the order of a plain sort", () => {
    const opens = fc.uniqueArray(fc.nat(40), { maxLength: 20 }).map((minutes) => minutes.toSorted((x, y) => x - y));
    const market = fc.tuple(opens, opens, opens, fc.constantFrom(1, 2, 3));
    fc.assert(
      fc.property(fc.array(market, { minLength: 1, maxLength: 5 }), (shapes) => {
        const lengths = [1, 2, 6];
        const markets = shapes.map(([one, two, six, count], index) =>
          [one, two, six].slice(0, count).map((list, level) =>
            at(
              `M${index}`,
              `${lengths[level] ?? 1}m`,
              list.map((open) => open * (lengths[level] ?? 1)),
            ),
          ),
        );
        const expected = markets
          .flatMap((list, index) =>
            list.flatMap((series, level) => Array.from(series.time, (_, bar) => [(series.closeTimeAt(bar) - newYear) / minute, index, level, bar])),
          )
          .toSorted((x, y) => (x[0] as number) - (y[0] as number) || (x[2] as number) - (y[2] as number) || (x[1] as number) - (y[1] as number));
        const feed = new Feed(markets);
        expect(feed.length).toBe(expected.length);
        expect(closings(feed)).toEqual(expected);
      }),
    );
  });

  it("refuses markets that are none", async () => {
    const wrong: readonly (readonly (readonly BarSeries[])[])[] = [
      [],
      [[]],
      [[at("A", "2m", [0]), at("A", "1m", [0])]],
      [[at("A", "1m", [0]), at("B", "2m", [0])]],
      [[at("A", "2m", [0]), at("A", "3m", [0])]],
      [[at("A", "1m", [0]), at("A", "1m", [0])]],
    ];
    for (const markets of wrong) expect(await errorOf(() => new Feed(markets))).toMatchObject({ code: "bad_feed", exitCode: 3 });
  });
});
