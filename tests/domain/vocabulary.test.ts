// The small words: timeframes, reasons, intents, policies, errors, queue, seeded chance.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowed,
  assert,
  BarSeries,
  clampFraction,
  defaultBackoffPolicy,
  defaultExecutionPolicy,
  defaultFamily,
  familyPolicy,
  floorToTimeframe,
  InvariantError,
  isReason,
  isTrade,
  legOf,
  manageActions,
  moneyScaleOf,
  Queue,
  randomStream,
  reasons,
  restoreRandom,
  SeatrialError,
  timeframeMillis,
  timeframeOfMillis,
  type IntentKind,
  type Millis,
} from "../../src/domain/index.ts";
import { outcomeOf } from "./outcome.ts";

describe("timeframes", () => {
  it("have lengths: 1s, 1m, 5m, 4h, 1d, 1w", () => {
    expect(["1s", "1m", "5m", "4h", "1d", "1w"].map(timeframeMillis)).toEqual([1_000, 60_000, 300_000, 14_400_000, 86_400_000, 604_800_000]);
  });

  it("refuse what is none", () => {
    const texts = ["", "m", "0m", "-1m", "1.5m", "1M", "1 m", "60", "01m", "10000m", "1mm"];
    const lengths = [0, 500, 1_500, -60_000, Number.NaN];
    expect(texts.map((text) => outcomeOf(() => timeframeMillis(text)))).toEqual(texts.map(() => "bad_timeframe"));
    expect(lengths.map((length) => outcomeOf(() => timeframeOfMillis(length)))).toEqual(lengths.map(() => "bad_timeframe"));
  });

  it("print as their shortest name and come back as the same length", () => {
    expect([timeframeOfMillis(3_600_000), timeframeOfMillis(90_000), timeframeOfMillis(1_209_600_000)]).toEqual(["1h", "90s", "2w"]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.constantFrom("s", "m", "h", "d", "w"), (count, unit) => {
        const length = timeframeMillis(`${count}${unit}`);
        expect(timeframeMillis(timeframeOfMillis(length))).toBe(length);
      }),
    );
  });

  it("begin at whole multiples in UTC; weeks begin on Monday", () => {
    const at = (iso: string) => Date.parse(iso) as Millis;
    expect(floorToTimeframe(at("2025-01-01T10:37:59.999Z"), 300_000)).toBe(at("2025-01-01T10:35:00Z"));
    // 2025-01-01 was a Wednesday
    expect(floorToTimeframe(at("2025-01-01T10:37:00Z"), 604_800_000)).toBe(at("2024-12-30T00:00:00Z"));
    expect(floorToTimeframe(at("2024-12-30T00:00:00Z"), 604_800_000)).toBe(at("2024-12-30T00:00:00Z"));
    expect(floorToTimeframe(-1 as Millis, 60_000)).toBe(-60_000);
    // Seven minutes divide no day: they are counted from 1970 on.
    expect([floorToTimeframe(420_000 as Millis, 420_000), floorToTimeframe(839_999 as Millis, 420_000)]).toEqual([420_000, 420_000]);
  });
});

describe("reasons", () => {
  it("are unique and snake_case, and nothing else is one", () => {
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const reason of reasons) expect(reason).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect([isReason("signal"), isReason("Signal"), isReason("toString"), isReason("")]).toEqual([true, false, false, false]);
  });
});

describe("intents", () => {
  it("row 004-IN-6: the words of a manage step", () => {
    const kinds = (words: string[]) => [...new Set(words.map((word) => manageActions[word]))];
    expect(kinds(["TP", "SL", "EXIT", "CLOSE"])).toEqual(["CLOSE"]);
    expect(kinds(["TP_PARTIAL", "PARTIAL", "PARTIAL_CLOSE"])).toEqual(["PARTIAL_CLOSE"]);
    expect(kinds(["ADD", "DCA", "OPEN_MORE"])).toEqual(["ADD"]);
    expect(Object.keys(manageActions)).toHaveLength(10);
  });

  it("row 004-IN-6: fractions are clamped to 0…1 and NaN is 0", () => {
    expect([-1, 0, 0.25, 1, 7, Number.NaN, Number.POSITIVE_INFINITY].map(clampFraction)).toEqual([0, 0, 0.25, 1, 1, 0, 1]);
  });

  it("only four kinds trade, each with its family", () => {
    const kinds: IntentKind[] = ["HOLD", "OPEN", "ADD", "CLOSE", "PARTIAL_CLOSE", "SYNC_STATE"];
    expect(kinds.filter(isTrade).map((kind) => [kind, defaultFamily(kind)])).toEqual([
      ["OPEN", "entry"],
      ["ADD", "dca"],
      ["CLOSE", "close"],
      ["PARTIAL_CLOSE", "partial"],
    ]);
    expect([legOf("LONG", true), legOf("SHORT", true), legOf("LONG", false), legOf("SHORT", false)]).toEqual(["LONG", "SHORT", "NET", "NET"]);
  });
});

describe("policies", () => {
  it("have the documented defaults, family by family", () => {
    expect(familyPolicy(defaultExecutionPolicy, "entry")).toEqual({
      orderType: "market",
      postOnly: true,
      timeToLiveMs: null,
      offsetTicks: 0,
      protection: "venue",
      route: "plain",
    });
    const policy = { ...defaultExecutionPolicy, families: { dca: { orderType: "limit" as const, timeToLiveMs: 2_000 } } };
    expect(familyPolicy(policy, "dca")).toMatchObject({ orderType: "limit", timeToLiveMs: 2_000, postOnly: true });
    expect(familyPolicy(policy, "tp").orderType).toBe("market");
    // A stop does not wait, unless its family says so itself.
    const routed = { ...defaultExecutionPolicy, route: "twap" as const, families: { close: { route: "plain" as const } } };
    expect((["entry", "dca", "tp", "close", "sl"] as const).map((family) => familyPolicy(routed, family).route)).toEqual([
      "twap",
      "twap",
      "twap",
      "plain",
      "plain",
    ]);
    expect(familyPolicy({ ...routed, families: { sl: { route: "limit-patience" } } }, "sl").route).toBe("limit-patience");
    expect(allowed).toEqual({ allowed: true });
    expect(defaultExecutionPolicy.fallback).toEqual({ onReject: false, onTimeout: false });
    expect(defaultBackoffPolicy).toEqual({ maxFailures: 3, cooldownMs: 60_000, mode: "fixed", capMs: 3_600_000, perFamily: true });
  });
});

describe("the scale of money", () => {
  it("leaves room for ten times the balance up to 2^53 - 1 itself, whatever its sign", () => {
    // 10 × 9007199.254740991 × 10^8 = 2^53 - 1
    expect([moneyScaleOf({ USDT: "9007199.254740991" }, "USDT"), moneyScaleOf({ USDT: "9007199.254740992" }, "USDT")]).toEqual([8, 7]);
    expect([moneyScaleOf({ USDT: "100000000" }, "USDT"), moneyScaleOf({ USDT: "-100000000" }, "USDT")]).toEqual([6, 6]);
  });
});

describe("errors", () => {
  it("print place, reason and hint on one line, and as the machine form", () => {
    const error = new SeatrialError({ code: "bad_number", reason: "x is none", hint: "write 1", place: { line: 3 } }).at({
      file: "a.json",
      line: 9,
      column: 7,
    });
    expect(error.message).toBe("a.json:3:7: x is none (write 1)");
    expect(error.toJSON()).toEqual({ code: "bad_number", file: "a.json", line: 3, column: 7, reason: "x is none", hint: "write 1" });
    expect(error.exitCode).toBe(3);
  });

  it("keep their own file: the line of another is none of theirs", () => {
    const error = new SeatrialError({ code: "file_missing", reason: "no such file", place: { file: "bars.csv" } });
    expect(error.at({ file: "a.json", line: 9, column: 7 }).message).toBe("bars.csv: no such file");
    expect(error.at({ file: "bars.csv", line: 9 }).message).toBe("bars.csv:9: no such file");
    expect(error.at({ line: 9 }).message).toBe("bars.csv:9: no such file");
  });

  it("a broken invariant is a run error with its number", () => {
    expect(() => assert(false, "I-06", () => "money is gone")).toThrow(InvariantError);
    expect(() => assert(false, "I-06", () => "money is gone")).toThrow(expect.objectContaining({ code: "I-06", exitCode: 2 }));
    assert(true, "I-06", () => {
      throw new Error("the message of a check that holds is never built");
    });
  });
});

describe("the queue", () => {
  it("gives back in order what an array gives back", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer(), { nil: null }), { maxLength: 60 }), (steps) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        for (const step of steps) {
          const [ours, theirs] = step === null ? [queue.shift(), model.shift()] : [queue.push(step), undefined];
          if (step !== null) model.push(step);
          expect(ours).toBe(theirs);
          expect(queue.length).toBe(model.length);
          model.forEach((item, at) => expect(queue.at(at)).toBe(item));
        }
      }),
    );
  });
});

describe("seeded chance", () => {
  const draws = (stream: { next(): number }, count = 5) => Array.from({ length: count }, () => stream.next());

  it("repeats for a seed and a name, and differs for another", () => {
    expect(draws(randomStream(7, "fills"))).toEqual(draws(randomStream(7, "fills")));
    expect(draws(randomStream(7, "fills"))).not.toEqual(draws(randomStream(7, "faults")));
    expect(draws(randomStream(8, "fills"))).not.toEqual(draws(randomStream(7, "fills")));
  });

  it("continues from a snapshot that went through JSON", () => {
    const stream = randomStream("seed", "name");
    draws(stream, 3);
    const restored = restoreRandom(JSON.parse(JSON.stringify(stream.snapshot())));
    expect(draws(restored)).toEqual(draws(stream));
  });

  it("draws integers below the bound", () => {
    const stream = randomStream(1, "integers");
    const drawn = Array.from({ length: 300 }, () => stream.integer(3));
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2]));
  });
});

describe("a bar series", () => {
  it("knows when a bar ends, and its exact border to floats", () => {
    const column = (value: number) => Float64Array.of(value);
    const columns = { time: column(60_000), open: column(101), high: column(105), low: column(99), close: column(100), volume: column(7) };
    const series = new BarSeries({ symbol: "T", timeframe: "1m", interval: 60_000, priceScale: 2, quantityScale: 1 }, columns);
    expect([
      series.length,
      series.timeAt(0),
      series.closeTimeAt(0),
      series.openAt(0) / series.pricePower,
      series.volumeAt(0) / series.quantityPower,
    ]).toEqual([1, 60_000, 120_000, 1.01, 0.7]);
    expect([series.highAt(0), series.lowAt(0), series.closeAt(0)]).toEqual([105, 99, 100]);
    const trades = new BarSeries({ symbol: "T", timeframe: "trades", interval: 1, priceScale: 2, quantityScale: 1 }, columns);
    expect([series.ofTrades, trades.ofTrades]).toEqual([false, true]);
  });
});
