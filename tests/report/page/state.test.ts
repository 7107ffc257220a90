// The player's state folded out of its steps, by hand and for any walk: the same place gives the same state, whichever way led there.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathBelow, pathParts, StateWalk } from "../../../src/report/page/browser/state.ts";
import { START, workedView } from "./worked-view.ts";

const { player } = workedView;

/** After the fill of the entry, as docs/fill-model.md has it. */
const afterEntry = {
  runner: { now: START + 60_000, bar: 0, orders: [], positions: [{ quantity: "1", "entry.price": "100" }], result: "0" },
  strategy: { fills: 1 },
};

describe("the state at a step", () => {
  it("is the initial state before the first", () => {
    expect(new StateWalk(player).stateAt(-1)).toEqual(player.initial);
  });

  it("holds what the steps up to it changed", () => {
    expect(new StateWalk(player).stateAt(3)).toEqual(afterEntry);
    expect(new StateWalk(player).stateAt(9)).toEqual({
      runner: { now: START + 180_000, bar: 2, orders: [], positions: [{ quantity: "0" }], result: "1.9296" },
      strategy: { fills: 2 },
    });
  });

  it("is the same from whatever step one comes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: player.steps.length - 1 }), { minLength: 1, maxLength: 12 }), (way) => {
        const walk = new StateWalk(player);
        for (const step of way) expect(structuredClone(walk.stateAt(step))).toEqual(structuredClone(new StateWalk(player).stateAt(step)));
      }),
    );
  });

  it("lets lists shrink at their ends in either order of the changes", () => {
    const removed = (index: number) => ({ path: `runner.list.${index}`, before: index, after: null, kind: "removed" }) as const;
    for (const changes of [
      [removed(2), removed(1)],
      [removed(1), removed(2)],
    ]) {
      const step = { bar: 0, time: 0, symbol: null, type: "bar_closed", text: "", order: null, data: null, changes };
      const walk = new StateWalk({ initial: { runner: { list: [0, 1, 2] }, strategy: null }, steps: [step], omitted: null });
      expect(walk.stateAt(0)).toEqual({ runner: { list: [0] }, strategy: null });
      expect(walk.stateAt(-1)).toEqual({ runner: { list: [0, 1, 2] }, strategy: null });
    }
  });
});

describe("a path", () => {
  it("keeps a dot inside of a key apart from one between keys", () => {
    expect(pathParts("runner.positions.0.entry\\.price")).toEqual(["runner", "positions", "0", "entry.price"]);
    expect(pathBelow(pathBelow("runner", "0"), "entry.price")).toBe("runner.0.entry\\.price");
  });
});
