// Where the reader is: steps, bars of the market that is shown, orders; and who is told of it.

import { describe, expect, it } from "vitest";
import { Cursor, type Aspect } from "../../../src/report/page/browser/cursor.ts";
import type { RunView } from "../../../src/report/view/run-view.ts";
import { SYMBOL, workedView } from "./worked-view.ts";

const OTHER = "ADA/USDC:USDC";
const [market] = workedView.markets;
const [close] = workedView.player.steps;
/** Two markets that close at the same instants, one after the other. */
const twoMarkets: RunView = {
  ...workedView,
  markets: market === undefined ? [] : [market, { ...market, symbol: OTHER }],
  player: { ...workedView.player, steps: close === undefined ? [] : [SYMBOL, OTHER, SYMBOL, OTHER, SYMBOL].map((symbol) => ({ ...close, symbol })) },
};

describe("the place of the reader", () => {
  it("is never before the start nor behind the end", () => {
    const cursor = new Cursor(workedView);
    cursor.goTo(-7);
    expect(cursor.step).toBe(-1);
    cursor.goTo(99);
    expect(cursor.step).toBe(9);
  });

  it("goes from bar to bar of the market that is shown, and leaves that market on the chart", () => {
    const cursor = new Cursor(twoMarkets);
    const way = [1, 1, 1, 1, -1, -1].map((direction) => {
      cursor.goToBar(direction === 1 ? 1 : -1);
      return cursor.step;
    });
    expect(way).toEqual([0, 2, 4, 4, 2, 0]);
    cursor.showMarket(1);
    cursor.goToBar(1);
    expect([cursor.step, cursor.market]).toEqual([1, 1]);
    cursor.goTo(2);
    expect(cursor.market).toBe(1);
  });

  it("takes along the order of a step, and goes to the start of an order that is chosen, in its market", () => {
    const cursor = new Cursor({ ...workedView, markets: twoMarkets.markets });
    cursor.goTo(4);
    expect(cursor.order).toBe(1);
    cursor.goTo(6);
    expect(cursor.order).toBe(1);
    cursor.showMarket(1);
    cursor.select(0);
    expect([cursor.order, cursor.step, cursor.market]).toEqual([0, 0, 0]);
    cursor.select(1, 7);
    expect(cursor.step).toBe(7);
    cursor.select(null);
    expect([cursor.order, cursor.step]).toEqual([null, 7]);
  });

  it("goes through the orders from the first, or backwards from the last, and stays at both ends", () => {
    const cursor = new Cursor(workedView);
    const seen = [1, 1, 1, -1, -1].map((direction) => {
      cursor.selectNext(direction === 1 ? 1 : -1);
      return cursor.order;
    });
    expect(seen).toEqual([0, 1, 1, 0, 0]);
    const other = new Cursor(workedView);
    other.selectNext(-1);
    expect(other.order).toBe(1);
  });

  it("tells its listeners what changed, and nothing where nothing did", () => {
    const cursor = new Cursor(workedView);
    const heard: Aspect[][] = [];
    cursor.listen((changed) => heard.push([...changed]));
    cursor.goTo(0);
    cursor.goTo(1);
    cursor.goTo(1);
    cursor.showMarket(0);
    cursor.select(null);
    expect(heard).toEqual([["step"], ["step", "order"], ["order"]]);
  });
});
