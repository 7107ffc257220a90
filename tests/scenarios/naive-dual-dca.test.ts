// dual-dca as a whole (strategy, runner, exchange, ledger) against a second program that shares only the bars with it: the
// shipped scenarios whose expectations come from there, then other synthetic days.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseUnits, printDecimal, type BarSeries } from "../../src/domain/index.ts";
import { syntheticBars } from "../../src/market/index.ts";
import { simulate, type SimulationPlan } from "../../src/session/index.ts";
import { naiveCash, NaiveDualDca, naiveFee, type NaiveParams } from "./naive-dual-dca.ts";
import { load, planOf } from "./shipped-files.ts";

const present = (process.env["SEATRIAL_DATA"] ?? "") !== "";

/** What both programs have to agree on, as text. */
interface Story {
  readonly fills: readonly string[];
  readonly fees: string;
  readonly positions: readonly string[];
  readonly equity: string;
}

function seriesOf(plan: SimulationPlan): BarSeries {
  const bars = plan.markets[0]?.series[0];
  if (bars === undefined) throw new Error(`${plan.name} has no bars`);
  return bars;
}

function naiveOf(plan: SimulationPlan): NaiveDualDca {
  const bars = seriesOf(plan);
  const stop = plan.steps.find((step) => step.action.do === "stop_new_orders");
  const market = {
    bars,
    // Of all bars here: HYPE above 10 USDC has 5 significant digits.
    tick: parseUnits("0.001", bars.priceScale),
    step: parseUnits("0.01", bars.quantityScale),
    // 10 USDC and a tenth of margin
    floor: 11,
    stopAt: stop?.bar ?? Number.POSITIVE_INFINITY,
  };
  return new NaiveDualDca(plan.strategy.params as unknown as NaiveParams, market).run();
}

/** Equity is boot + sales - purchases - fees + what is held at the last close. */
function naiveStory(plan: SimulationPlan, naive: NaiveDualDca): Story {
  const bars = seriesOf(plan);
  const money = (units: bigint) => printDecimal({ units, scale: 8 });
  const size = (units: bigint) => printDecimal({ units, scale: bars.quantityScale });
  const fees = naive.fills.reduce((sum, fill) => sum + naiveFee(fill, bars), 0n);
  const held = naive.legs.map((leg) => ({ side: leg.side, units: BigInt(leg.sign * leg.held) })).filter(({ units }) => units !== 0n);
  const worth = held.reduce((sum, { units }) => sum + units, 0n) * BigInt(bars.closeAt(bars.length - 1));
  const marked = (worth * 10n ** 8n) / 10n ** BigInt(bars.priceScale + bars.quantityScale);
  const boot = BigInt(parseUnits(plan.balances["USDC"] ?? "0", 8));
  return {
    fills: naive.fills.map((fill) => {
      const price = printDecimal({ units: fill.price, scale: bars.priceScale });
      const what = `${fill.leg} ${fill.family} ${fill.side} ${size(fill.quantity)} at ${price}`;
      return `bar ${fill.bar}: ${what}, ${fill.liquidity}, fee ${money(naiveFee(fill, bars))}`;
    }),
    fees: money(fees),
    positions: held.map(({ side, units }) => `${side} ${size(units)}`),
    equity: money(boot + naiveCash(naive.fills, bars) - fees + marked),
  };
}

function storyOf(plan: SimulationPlan): Story & { readonly refused: number } {
  const { rows, metrics, final } = simulate(plan);
  return {
    fills: rows.fills.map((row) => {
      const what = `${row.leg} ${row.family} ${row.side} ${row.quantity} at ${row.price}`;
      return `bar ${row.bar}: ${what}, ${row.liquidity}, fee ${row.fee}`;
    }),
    fees: metrics.feesByCurrency["USDC"] ?? "0",
    positions: final.positions.map(({ leg, quantity }) => `${leg} ${quantity}`),
    equity: final.equity,
    refused: metrics.skipped,
  };
}

describe("dual-dca against a second, naive program", () => {
  it("makes the fills of hype-dual-dca, to the last digit, and is refused as often", async () => {
    const plan = await planOf("hype-dual-dca.json");
    const naive = naiveOf(plan);
    const expected = naiveStory(plan, naive);
    expect(storyOf(plan)).toEqual({ ...expected, refused: naive.refused });
    // What the scenario states: sales less purchases, the fees, a flat end, and market orders that a thin minute filled in part.
    expect(printDecimal({ units: naiveCash(naive.fills, seriesOf(plan)), scale: 8 })).toBe("171.40709");
    expect(expected).toMatchObject({ fees: "43.17090653", positions: [], equity: "20128.23618347" });
    expect(naive.short).toBe(3);
  });

  it.runIf(present)("makes the 3,250 fills of the recorded HYPE minutes, to the last digit (needs SEATRIAL_DATA)", async () => {
    const { plan } = await load("recorded/hype-1m-dual-dca.json");
    if (plan === null) throw new Error("the recorded bars are absent");
    const expected = naiveStory(plan, naiveOf(plan));
    expect(storyOf(plan)).toMatchObject(expected);
    expect(expected).toMatchObject({ fees: "38.20558359", positions: ["LONG 14", "SHORT -21"], equity: "2052.31641641" });
    expect(expected.fills).toHaveLength(3_250);
  });

  it("makes the same fills on any synthetic day, with a stop at any bar", async () => {
    const plan = await planOf("hype-dual-dca.json");
    const market = plan.markets[0];
    if (market === undefined) throw new Error("the scenario has no market");
    const { symbol } = market.rules;
    const day = fc.record({
      seed: fc.nat(1_000_000),
      stop: fc.nat(400),
      firstQty: fc.constantFrom(5, 20, 40),
      subSellMinFills: fc.constantFrom(1, 2, 5),
    });
    fc.assert(
      fc.property(day, ({ seed, stop, ...params }) => {
        const grid = { timeframe: "1m", startPrice: "42", tick: "0.001", step: "0.01" } as const;
        const series = syntheticBars({ ...grid, symbol, start: 1_735_689_600_000, seed, count: 400 });
        const other: SimulationPlan = {
          ...plan,
          steps: [{ bar: stop, symbol, action: { do: "stop_new_orders", text: "" } }],
          strategy: { ...plan.strategy, params: { ...plan.strategy.params, ...params } },
          markets: [{ ...market, series: [series] }],
        };
        expect(storyOf(other)).toMatchObject(naiveStory(other, naiveOf(other)));
      }),
      { numRuns: 60 },
    );
  });
});
