// Settings of a virtual exchange that contradict each other are refused before the first bar, each beside the nearest one that holds.
import { describe, expect, it } from "vitest";

import { SeatrialError, type MarketRules } from "../../src/domain/index.ts";
import {
  defaultFillModel,
  leverageTiers,
  venueProfiles,
  VirtualExchange,
  type FillModel,
  type VenueProfile,
  type VirtualExchangeOptions,
} from "../../src/exchange/virtual/index.ts";
import { instrumentOf, seriesOf, spotRules, type Bar } from "./desk.ts";

type Market = VirtualExchangeOptions["markets"][number];
type Settings = Partial<Omit<VirtualExchangeOptions, "profile" | "fill">> & { profile?: Partial<VenueProfile>; fill?: Partial<FillModel> };

const calm: Bar = [100, 101, 99, 100, 1_000];
const profileOf = (name: string) => venueProfiles[name] as VenueProfile;

function marketOf(rules: Partial<MarketRules> = {}, parts: Partial<Market> = {}): Market {
  const instrument = instrumentOf(rules);
  return { instrument, series: seriesOf(instrument.symbol, [calm]), ...parts };
}

/** null: it is built. */
function refusal({ profile, fill, ...options }: Settings): string | null {
  try {
    new VirtualExchange({
      markets: [marketOf()],
      positionMode: "one_way",
      leverage: 1,
      balances: {},
      seed: 1,
      ...options,
      profile: { ...profileOf("generic"), ...profile },
      fill: { ...defaultFillModel, ...fill },
    });
    return null;
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    expect([error.code, error.exitCode]).toEqual(["bad_venue_settings", 3]);
    return `${error.reason}: ${error.hint}`;
  }
}

const charges = [{ name: "brokerage", side: "both", basis: "order", rate: "20" }] as const;
const fixedFee = { amount: "0.1", per: "fill" } as const;
const spot = marketOf(spotRules);
const bars = seriesOf("ABC/USDC:USDC", [calm]);
const funding = { symbol: null, length: 0, time: new Float64Array(), rate: new Float64Array(), rateScale: 6 };
const tiers = leverageTiers([{ minNotional: 0, maxNotional: 500, maintenanceMarginRate: 0.01, maxLeverage: 20 }], instrumentOf());
const latency = { submitMs: 1, cancelMs: 1, dataMs: 1, jitterMs: 0 };
const inside = { inside: bars };
const third = { feeCurrency: "third", thirdCurrency: { currency: "USDC", price: "1", factor: "1" } } as const;
const coarse = seriesOf("ABC/USDC:USDC", [calm]);
const scaled = (change: Partial<typeof coarse>) => Object.assign(Object.create(coarse) as typeof coarse, change);

describe("settings of a venue", () => {
  it.each<[what: string, refused: Settings, says: string, held: Settings]>([
    ["no market", { markets: [] }, "there is no market", {}],
    ["a position mode that it has not", { profile: { positionModes: ["hedge"] } }, "no one_way position mode: use hedge", {}],
    ["a leverage below 1", { leverage: 0 }, "leverage 0 is not possible on generic: 1 to 125", { leverage: 1 }],
    ["a leverage above its own", { leverage: 126 }, "leverage 126 is not possible", { leverage: 125 }],
    ["half a leverage", { leverage: 1.5 }, "leverage 1.5 is not possible", { leverage: 2 }],
    [
      "a fixed fee beside fees in coins",
      { profile: { fixedFee, feeCurrency: "base" } },
      "a fixed fee beside fees in base",
      { profile: { fixedFee } },
    ],
    ["charges beside fees in coins", { profile: { charges, feeCurrency: "base" } }, "charges beside fees in base", { profile: { charges } }],
    [
      "isolated margin without a rule",
      { marginMode: "isolated" },
      "isolated margin without a liquidation rule",
      { marginMode: "isolated", liquidation: "generic" },
    ],
    [
      "isolated margin where the profile's rule is taken away",
      { marginMode: "isolated", liquidation: null, profile: { liquidation: "bybit" } },
      "isolated",
      {
        marginMode: "isolated",
        profile: { liquidation: "bybit" },
      },
    ],
    ["latency between bars", { fill: { latency } }, "they do not say when their prices came", { fill: { latency }, markets: [marketOf({}, inside)] }],
    [
      "latency where one market has nothing finer",
      { fill: { latency }, markets: [marketOf({}, inside), marketOf({ symbol: "XYZ/USDC:USDC" })] },
      "they do not say when",
      { fill: { latency }, markets: [marketOf({}, inside), marketOf({ symbol: "XYZ/USDC:USDC" }, inside)] },
    ],
    [
      "latency beside the close that decides",
      { fill: { latency, market: "same-bar-close" }, markets: [marketOf({}, inside)] },
      "cannot be there: take next-open",
      { fill: { market: "same-bar-close" } },
    ],
    [
      "two settlement currencies",
      { markets: [marketOf(), marketOf({ symbol: "ABC/USDT:USDT", settle: "USDT" })] },
      "ABC/USDT:USDT settles in USDT, ABC/USDC:USDC in USDC",
      { markets: [marketOf(), marketOf({ symbol: "XYZ/USDC:USDC" })] },
    ],
    [
      "a swap at a spot venue",
      { profile: { market: "spot" } },
      "ABC/USDC:USDC is not a spot market",
      { profile: { market: "spot" }, markets: [spot] },
    ],
    [
      "a spot market at a swap venue",
      { profile: { market: "swap" }, markets: [spot] },
      "ABC/USDC is not a swap market",
      { profile: { market: "swap" } },
    ],
    [
      "its own fee currency",
      { profile: third },
      "trades its own fee currency USDC",
      {
        profile: { ...third, thirdCurrency: { currency: "XYZ", price: "1", factor: "1" } },
      },
    ],
    ["a hedged spot account", { markets: [spot], positionMode: "hedge" }, "spot is one-way at leverage 1", { positionMode: "hedge" }],
    ["a spot account with leverage", { markets: [spot], leverage: 2 }, "spot is one-way at leverage 1", { markets: [spot] }],
    ["prices of another scale", { markets: [marketOf({}, { series: scaled({ priceScale: 3 }) })] }, "have other scales than its instrument", {}],
    ["quantities of another scale", { markets: [marketOf({}, { series: scaled({ quantityScale: 3 }) })] }, "have other scales", {}],
    [
      "finer bars of another scale",
      { markets: [marketOf({}, { inside: scaled({ priceScale: 3 }) })] },
      "have other scales",
      { markets: [marketOf({}, { inside: coarse })] },
    ],
    [
      "a spot market with funding",
      { markets: [marketOf(spotRules, { funding })] },
      "with funding, marks or margin tiers",
      {
        markets: [marketOf({}, { funding })],
      },
    ],
    ["a spot market with marks", { markets: [marketOf(spotRules, { marks: bars })] }, "with funding, marks or margin tiers", {}],
    [
      "a spot market with tiers",
      { markets: [marketOf(spotRules, { tiers })], liquidation: "generic" },
      "with funding, marks or margin tiers",
      {
        markets: [spot],
        liquidation: "generic",
      },
    ],
    [
      "marks that nothing is judged by",
      { markets: [marketOf({}, { marks: bars })], profile: { triggerBy: ["last"] } },
      "mark prices, and nothing that is judged by them",
      { markets: [marketOf({}, { marks: bars })], profile: { triggerBy: ["last", "mark"] } },
    ],
    [
      "marks without funding, rule or trigger",
      { markets: [marketOf({}, { marks: bars })], profile: { triggerBy: ["last"] } },
      "nothing that is judged",
      { markets: [marketOf({}, { marks: bars, funding })], profile: { triggerBy: ["last"] } },
    ],
    [
      "marks without a rule",
      { markets: [marketOf({}, { marks: bars })], profile: { triggerBy: ["last"], liquidation: null } },
      "nothing that is judged",
      { markets: [marketOf({}, { marks: bars })], profile: { triggerBy: ["last"], liquidation: "generic" } },
    ],
    [
      "tiers without a rule",
      { markets: [marketOf({}, { tiers })] },
      "has margin tiers and no liquidation rule",
      {
        markets: [marketOf({}, { tiers })],
        liquidation: "generic",
      },
    ],
  ])("with %s are refused", (_, refused, says, held) => {
    expect(refusal(refused)).toContain(says);
    expect(refusal(held)).toBe(null);
  });

  it("name every fee currency that a spot market trades itself", () => {
    const currency = (name: string): Settings => ({
      markets: [spot],
      profile: { feeCurrency: "third", thirdCurrency: { currency: name, price: "1", factor: "1" } },
    });
    expect(["ABC", "USDC", "XYZ"].map((name) => refusal(currency(name)) !== null)).toEqual([true, true, false]);
    // A third currency that no fee is taken in is nothing to refuse.
    expect(refusal({ markets: [spot], profile: { feeCurrency: "received", thirdCurrency: { currency: "ABC", price: "1", factor: "1" } } })).toBe(
      null,
    );
  });
});
