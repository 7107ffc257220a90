// equity.arrow, opened by arquero: a reader that shares no code with the writer's library.

import { fromArrow } from "arquero";
import { describe, expect, it } from "vitest";

import { equityArrow } from "../../src/report/equity-arrow.ts";

describe("equity.arrow", () => {
  it("opens in another Arrow implementation with the same rows", async () => {
    const start = Date.UTC(2025, 0, 1);
    const time = Float64Array.from([0, 1, 2], (minute) => start + minute * 60_000);
    const value = Float64Array.from([1000, 999.95, 1001.9296]);
    const table = fromArrow(await equityArrow({ time, value }));
    expect(table.columnNames()).toEqual(["time", "equity"]);
    expect(table.array("equity")).toEqual([1000, 999.95, 1001.9296]);
    expect(Array.from(table.array("time"), Number)).toEqual([start, start + 60_000, start + 120_000]);
  });
});
