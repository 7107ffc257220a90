// Kinds liquidation_price, margin_tier, maintenance_amount(_table) and margin: the venue's own tiers, pools and prices. A model
// of a case names the rule that its venue documents; the arithmetic is the exchange's.

import { decimalOfNumber, parseRatio, Position, type Instrument, type Quantity } from "../../src/domain/index.ts";
import { approximate, fractionOfDecimal, reduced, scaled, whole, zero, type Fraction } from "../../src/exchange/virtual/fraction.ts";
import { liquidationPrices } from "../../src/exchange/virtual/liquidation-price.ts";
import type { MarginPool, PoolMarket } from "../../src/exchange/virtual/margin-pool.ts";
import { liquidationRules, type MarginRule } from "../../src/exchange/virtual/margin-rules.ts";
import { readMarginTiers } from "../../src/exchange/virtual/margin-tier-table.ts";
import { initialMargin, maintenanceAmount, MarginTiers } from "../../src/exchange/virtual/margin-tiers.ts";
import { asObject, flagAt, listAt, NotApplicable, numberAt, objectAt, onlyKeys, optionalNumber, wordAt, type Case, type Json } from "./case.ts";
import { Comparison } from "./compare.ts";
import { instrumentOf, moneyUnits, priceUnits, quantityUnits, rateText } from "./market.ts";

/** Finer than every recorded result. */
const finePrice = 1e-9;

function fraction(value: number, unitScale = 0): Fraction {
  return fractionOfDecimal(decimalOfNumber(value), unitScale);
}

/** The rule that a model documents, and whether the case's maintenance amount belongs to it. */
const models: Readonly<Record<string, (params: Json) => { readonly rule: MarginRule; readonly amount: number }>> = {
  binance_usdm: (params) => ({ rule: liquidationRules["binance-usdm"], amount: numberAt(params, "maintAmt") }),
  bybit_linear: () => ({ rule: liquidationRules["bybit-entry"], amount: 0 }),
  gate_okx: (params) => ({
    rule: { ...liquidationRules.okx, closingFee: { rate: parseRatio(rateText(numberAt(params, "takerFee"))), at: "mark" } },
    amount: 0,
  }),
};

export function liquidationPrice(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  const model = models[String(params["model"])];
  if (model === undefined) throw new NotApplicable(`there is no rule for model ${String(params["model"])}`);
  const known = ["model", "exchange", "side", "qty", "entry", "leverage", "walletBalance", "mmr", "maintAmt", "takerFee", "others", "bufferPct"];
  onlyKeys(params, known, "params");
  const { rule, amount } = model(params);
  const others = params["others"] === undefined ? [] : listAt(params, "others").map((other) => asObject(other, "another position"));
  const legs = [{ ...params, mark: numberAt(params, "entry"), maintAmt: amount }, ...others];
  const most = legs.reduce((sum, each) => sum + numberAt(each, "entry") * numberAt(each, "qty"), numberAt(params, "walletBalance"));
  const markets = legs.map((each, index) => marketOf(each, index, most));
  const first = markets[0] as PoolMarket;
  const pool: MarginPool = { wallet: moneyUnits(first.instrument, numberAt(params, "walletBalance")), markets };
  const { low, high } = liquidationPrices(pool, rule, 0);
  const units = wordAt(params, "side", { long: "low", short: "high" }) === "low" ? low : high;
  const result = new Comparison(given.body);
  const expected = objectAt(given.body, "expected")["value"];
  result.number("value", units === null ? null : buffered(params, first.instrument.priceNumber(units)), expected);
  return result;
}

/** Some peers keep a part of the way to the entry as a safety margin of their own. */
function buffered(params: Json, price: number): number {
  return price + (numberAt(params, "entry") - price) * (optionalNumber(params, "bufferPct") ?? 0);
}

/**
 * A position at its mark under the one tier that the case names; another position of a case is a long one.
 * @param most all money of the case: the markets of one wallet have one scale
 */
function marketOf(params: Json, index: number, most: number): PoolMarket {
  const [entry, mark, size] = [numberAt(params, "entry"), numberAt(params, "mark"), numberAt(params, "qty")];
  const instrument = instrumentOf({ prices: [entry, mark, finePrice], quantities: [size], money: most });
  const position = new Position(instrument, "NET");
  const side = params["side"] === undefined ? 1 : wordAt(params, "side", { long: "long", short: "short" }) === "long" ? 1 : -1;
  const quantity = quantityUnits(instrument, side * size);
  const price = priceUnits(instrument, entry);
  position.apply(quantity, price, instrument.notional(price, Math.abs(quantity) as Quantity));
  const tier = { floor: zero, rate: fraction(numberAt(params, "mmr")), maxLeverage: whole(1) };
  const tiers = new MarginTiers([tier], null, fraction(numberAt(params, "maintAmt"), instrument.moneyScale));
  return { index, instrument, tiers, legs: [position], mark: priceUnits(instrument, mark) };
}

/** The tier of a notional in a table. */
export function marginTier(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["notional", "tiers"], "params");
  const instrument = plainInstrument();
  const { rate, amount } = readMarginTiers(listAt(params, "tiers"), instrument).tierOf(fraction(numberAt(params, "notional"), instrument.moneyScale));
  const expected = objectAt(given.body, "expected");
  const result = new Comparison(given.body);
  result.number("mmr", approximate(rate), expected["mmr"]);
  result.number("maintAmt", approximate(reduced(scaled(amount, -instrument.moneyScale))), expected["maintAmt"]);
  return result;
}

export function maintenanceAmountOf(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["floor", "mmr", "mmrPrev", "maintAmtPrev"], "params");
  const below = { rate: fraction(numberAt(params, "mmrPrev")), amount: fraction(numberAt(params, "maintAmtPrev")) };
  const amount = maintenanceAmount(fraction(numberAt(params, "floor")), fraction(numberAt(params, "mmr")), below);
  const result = new Comparison(given.body);
  result.number("value", approximate(reduced(amount)), objectAt(given.body, "expected")["value"]);
  return result;
}

export function maintenanceAmountTable(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["floors", "rates"], "params");
  const rates = listAt(params, "rates");
  const rules = listAt(params, "floors").map((floor, at) => ({
    floor: fraction(Number(floor)),
    rate: fraction(Number(rates[at])),
    maxLeverage: whole(1),
  }));
  const expected = listAt(objectAt(given.body, "expected"), "maintAmt");
  const result = new Comparison(given.body);
  new MarginTiers(rules).tiers.forEach(({ amount }, at) => result.number(`maintAmt of tier ${at + 1}`, approximate(amount), expected[at]));
  return result;
}

/** Margin of a model that takes its rate on value ÷ leverage. */
export function margin(given: Case): Comparison {
  const params = objectAt(given.body, "params");
  onlyKeys(params, ["model", "inverse", "notional", "qty", "price", "rate", "leverage"], "params");
  wordAt(params, "model", { leveraged: "leveraged" });
  const inverse = flagAt(params, "inverse");
  const [size, price] = inverse ? [numberAt(params, "qty"), numberAt(params, "price")] : [numberAt(params, "notional"), 1];
  const instrument = instrumentOf({ prices: [price], quantities: [size], money: inverse ? size / price : size, inverse });
  const value = instrument.notional(priceUnits(instrument, price), quantityUnits(instrument, size));
  const tiers = MarginTiers.flat(fraction(numberAt(params, "rate")), whole(1));
  const result = new Comparison(given.body);
  const margined = tiers.maintenanceMargin(initialMargin(value, numberAt(params, "leverage")));
  result.number("value", instrument.moneyNumber(margined), objectAt(given.body, "expected")["value"]);
  return result;
}

function plainInstrument(): Instrument {
  return instrumentOf({ prices: [1], quantities: [1], money: 1_000_000, moneyDecimals: 6 });
}
