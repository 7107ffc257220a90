// What a person and a tool see of an envelope.

import { describe, expect, it } from "vitest";

import type { Envelope, EnvelopeBar } from "../../../src/journal/index.ts";
import { paintOf } from "../../../src/report/terminal/paint.ts";
import { judgeRun } from "../../../src/report/judge-run.ts";
import { resultObject } from "../../../src/report/result.ts";
import { scenarioText } from "../../../src/report/terminal/terminal.ts";
import { finishedRun, record } from "../sample.ts";

const screen = { width: 120, paint: paintOf(false) };
const sell = { side: "sell", leg: "NET", quantity: "1" } as const;

function bar(at: number, delta: string): EnvelopeBar {
  return {
    symbol: "HYPE/USDC:USDC",
    bar: at,
    time: at * 60_000,
    ways: 1,
    within: [],
    paths: [
      { path: "ohlc", equityDelta: "0", fills: [{ family: "tp", ...sell, price: "102", liquidity: "maker" }] },
      { path: "olhc", equityDelta: delta, fills: [] },
    ],
    reconvergedAt: at === 9 ? null : at + 1,
    decisions: [],
    decisionsCut: false,
  };
}

function envelope(change: Partial<Envelope> = {}): Envelope {
  const end = { choices: [], confirmed: true, halt: null };
  const choices = [{ symbol: "HYPE/USDC:USDC", bar: 2, path: "olhc" }] as const;
  const worst = { ...end, equity: "997.901", choices };
  return {
    best: { ...end, equity: "1001.9296" },
    worst,
    bars: [bar(2, "-4.0286")],
    worlds: 2,
    unexplored: 0,
    moneyDecides: false,
    exact: true,
    ...change,
  };
}

const outcomeWith = (found: Envelope) => judgeRun(finishedRun({ record: { ...record, envelope: found } }));
const textWith = (found: Envelope) => scenarioText(outcomeWith(found), screen);

describe("the envelope on the terminal", () => {
  it("is two ends, what they rest on, and the bars between them", () => {
    const text = textWith(envelope());
    expect(text).toMatch(/│ worst equity +│ 997\.901 \(1 bar the other way\) +│/);
    expect(text).toMatch(/│ best equity +│ 1001\.9296 \(the main world\) +│/);
    expect(text).toMatch(/│ bars that matter +│ 1 \(2 worlds, all there are\) +│/);
    expect(text).toMatch(/│ +2 │ HYPE\/USDC:USDC │ ohlc │ +0 │ tp sell 1 @ 102 +│ +3 │\n│ +│ +│ olhc │ -4\.0286 │ none +│ +│/);
  });

  it("says what was not tried, what is not confirmed, and which end stops early", () => {
    const worst = { ...envelope().worst, confirmed: false, halt: "insolvent" as const };
    const text = textWith(envelope({ worst, unexplored: 3, exact: false }));
    expect(text).toContain("1 (2 worlds, 3 choices not tried: more with --envelope-budget)");
    expect(text).toContain("997.901 (1 bar the other way; added up, not confirmed by a run; stops: insolvent)");
  });

  it("shows the widest five of many bars, whichever way they go, and says that there are more", () => {
    const bars = [bar(1, "0.1"), bar(3, "-0.2"), bar(5, "7"), bar(7, "-9"), bar(8, "0.3"), bar(9, "0.4")];
    const text = textWith(envelope({ bars }));
    expect([...text.matchAll(/^│ +(\d+) │ HYPE/gm)].map(([, at]) => Number(at))).toEqual([7, 5, 9, 8, 3]);
    expect(text).toContain("the 5 widest of 6 bars; result.json has all of them");
    expect(text).toMatch(/│ +9 │.*never │/);
    expect(text).toContain("+7 ");
  });

  it("says when sums are no more than estimates", () => {
    expect(textWith(envelope({ moneyDecides: true }))).toContain("money decides");
    expect(textWith(envelope())).not.toContain("money decides");
  });

  it("has one row for a run whose bars leave nothing open, and none without an envelope", () => {
    expect(textWith(envelope({ bars: [], worlds: 1 }))).toMatch(/│ bars that matter +│ none \(1 world, all there are\) +│/);
    expect(scenarioText(judgeRun(finishedRun()), screen)).not.toMatch(/equity +│ .*world|bars that matter/);
  });
});

describe("the envelope in the machine output", () => {
  it("stands behind the invariants, as it was found, and nowhere without one", () => {
    const result = resultObject(outcomeWith(envelope()));
    expect(result.envelope).toEqual(envelope());
    expect(Object.keys(result)).toEqual([...Object.keys(resultObject(judgeRun(finishedRun()))), "envelope"]);
  });
});
