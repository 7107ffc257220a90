// From the settings of an exchange to what its swaps are judged by: which rule, which tiers, from when on, and nothing for coins.
import { describe, expect, it } from "vitest";

import { defaultFillModel, leverageTiers, venueProfiles, type VenueProfile, type VirtualExchangeOptions } from "../../src/exchange/virtual/index.ts";
import { approximate, whole } from "../../src/exchange/virtual/fraction.ts";
import { liquidationRules } from "../../src/exchange/virtual/margin-rules.ts";
import { MarkPrices } from "../../src/exchange/virtual/mark-prices.ts";
import { perpetualMarkets, ruleOf } from "../../src/exchange/virtual/perpetual-settings.ts";
import { instrumentOf, seriesOf, spotRules, type Bar } from "./desk.ts";

const calm: Bar = [100, 101, 99, 100, 1_000];
const swap = { instrument: instrumentOf(), series: seriesOf("ABC/USDC:USDC", [calm]) };
const spot = { instrument: instrumentOf(spotRules), series: seriesOf("ABC/USDC", [calm]) };
const funding = { symbol: null, length: 0, time: new Float64Array(), rate: new Float64Array(), rateScale: 6 };

function settings(options: Partial<VirtualExchangeOptions>): VirtualExchangeOptions {
  const profile = venueProfiles["generic"] as VenueProfile;
  return { markets: [swap], profile, fill: defaultFillModel, positionMode: "one_way", leverage: 3, balances: {}, seed: 1, ...options };
}

describe("the rule of a session", () => {
  it("is the one that is named, the profile's where none is, and none where it is taken away", () => {
    const bybit = venueProfiles["bybit-linear"] as VenueProfile;
    expect(ruleOf(settings({}))).toBe(null);
    expect(ruleOf(settings({ liquidation: "okx" }))).toBe(liquidationRules.okx);
    expect([ruleOf(settings({ profile: bybit })), ruleOf(settings({ profile: bybit, liquidation: null }))]).toEqual([liquidationRules.bybit, null]);
  });
});

describe("the swaps of a session", () => {
  const of = (options: Partial<VirtualExchangeOptions>, marks: readonly (MarkPrices | null)[] = []) => perpetualMarkets(settings(options), marks);

  it("are none where nothing is paid and nothing can be liquidated", () => {
    expect([of({}), of({ markets: [spot] }), of({ markets: [spot], liquidation: "generic" })]).toEqual([null, null, null]);
    expect(of({ markets: [swap, { ...swap, funding }] })?.map((market) => market.funding)).toEqual([null, funding]);
    expect(of({ markets: [spot, swap], liquidation: "generic" })?.map(({ margin }) => margin === null)).toEqual([true, false]);
  });

  it("have the profile's one rate and leverage, or tiers of their own, cross unless told", () => {
    const tiers = leverageTiers([{ minNotional: 0, maxNotional: 500, maintenanceMarginRate: 0.01, maxLeverage: 20 }], swap.instrument);
    const [flat, own] = of({ markets: [swap, { ...swap, tiers }], liquidation: "generic" }) ?? [];
    expect([flat?.margin?.mode, flat?.margin?.leverage, own?.margin?.tiers]).toEqual(["cross", 3, tiers]);
    const one = flat?.margin?.tiers;
    expect([approximate(one?.maintenance(whole(1_000)) ?? whole(0)), approximate(one?.maxLeverage(whole(1_000)) ?? whole(0))]).toEqual([5, 125]);
    expect(of({ liquidation: "generic", marginMode: "isolated" })?.[0]?.margin?.mode).toBe("isolated");
  });

  it("are walked on their finer bars, from the first bar on, beside their marks", () => {
    const inside = seriesOf("ABC/USDC:USDC", [calm, calm]);
    const marks = new MarkPrices(inside, swap.instrument);
    const [plain, fine] = of({ markets: [swap, { ...swap, inside }], liquidation: "generic" }, [null, marks]) ?? [];
    expect([plain?.series, plain?.marks, plain?.start]).toEqual([swap.series, null, 0]);
    expect([fine?.series, fine?.marks, fine?.start]).toEqual([inside, marks, 0]);
    expect(of({ liquidation: "generic" })?.[0]?.marks).toBe(null);
  });
});
