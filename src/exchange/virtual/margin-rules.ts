// How a venue judges and closes a position that its margin no longer covers: data, one entry a venue, beside its profile.
// No branch of the engine names a venue.

import { parseRatio, ratio, type Ratio } from "../../domain/index.ts";

/** What a position must be covered for. */
export interface MarginRule {
  /** The price at which a position's value is taken for its maintenance margin. */
  readonly valuedAt: "mark" | "entry";
  /**
   * What closing will cost, asked for on top of the maintenance margin: a share of the value at the mark, or at the bankruptcy
   * price. Of a pool with more than one leg no leg has a bankruptcy price of its own: there the mark stands for it.
   */
  readonly closingFee: { readonly rate: Ratio; readonly at: "mark" | "bankruptcy" } | null;
}

/** How much of a position one liquidation closes. */
export type LiquidationPortion =
  | { readonly kind: "whole" }
  /** Down to the end of the next lower maintenance tier, tier by tier, until the margin suffices; in the lowest tier the whole. */
  | { readonly kind: "tier_down" }
  /**
   * This share of a position whose value is above `above` (decimal text of the settlement currency), unless a share was closed
   * less than `cooldownMs` ago: then the whole.
   */
  | { readonly kind: "share"; readonly share: Ratio; readonly above: string; readonly cooldownMs: number };

export interface LiquidationRule extends MarginRule {
  /**
   * `takeover`: the venue takes the positions, and all that is left of their margin goes to its insurance fund.
   * `market`: the positions are closed at the market, a fee is taken out of what is left, and the rest stays the account's.
   */
  readonly close: "takeover" | "market";
  /** Share of the closed value that a `market` close costs, beside the loss; never more than what is left. */
  readonly clearanceFee: Ratio;
  /** With equity below this share of what is required, a `market` close becomes a takeover; null = never. */
  readonly backstop: Ratio | null;
  readonly portion: LiquidationPortion;
}

const nothing = parseRatio("0");

/** The plain rule: value at the mark, everything closed at the market, no fee of its own. */
const generic: LiquidationRule = {
  valuedAt: "mark",
  closingFee: null,
  close: "market",
  clearanceFee: nothing,
  backstop: null,
  portion: { kind: "whole" },
};

/**
 * Sources, read as stored pages.
 * Binance: support FAQ b3c689c1f50a44cabb3a84e663b81d93 (USDⓈ-M) and ceccfcfb4e3a45e3b48b0b1bb1a8ae46 (COIN-M): value and tier at
 * the mark price, maintenance amount taken off. The clearance fee differs by market: none here until a market's own is given.
 * Bybit: help centre, "Liquidation Price Calculation under Isolated Mode (Unified Trading Account)" of 2026: value at the mark; the
 * fee of the close is in margin and maintenance alike and drops out; settled at the bankruptcy price. `bybit-entry` is the rule of
 * the pages until 2024: value at entry; `bybit-inverse-entry` that of the inverse cross margin before, with the fee of the close.
 * OKX: "Maintenance margin ratio": the taker fee of the close is part of what is required; tiers are stepped down.
 * Hyperliquid: docs, "Liquidations": closed at the market without a fee, one fifth at first above 100k USDC, a backstop below 2/3
 * of the maintenance margin.
 */
export const liquidationRules = {
  generic,
  "binance-usdm": generic,
  bybit: { ...generic, close: "takeover", portion: { kind: "tier_down" } },
  "bybit-entry": { ...generic, valuedAt: "entry", close: "takeover", portion: { kind: "tier_down" } },
  "bybit-inverse-entry": {
    ...generic,
    valuedAt: "entry",
    closingFee: { rate: parseRatio("0.00075"), at: "bankruptcy" },
    close: "takeover",
    portion: { kind: "tier_down" },
  },
  okx: { ...generic, closingFee: { rate: parseRatio("0.0005"), at: "mark" }, close: "takeover", portion: { kind: "tier_down" } },
  hyperliquid: {
    ...generic,
    backstop: ratio(2, 3),
    portion: { kind: "share", share: parseRatio("0.2"), above: "100000", cooldownMs: 30_000 },
  },
} as const satisfies Readonly<Record<string, LiquidationRule>>;

export type LiquidationRuleName = keyof typeof liquidationRules;
export const liquidationRuleNames = Object.keys(liquidationRules) as readonly LiquidationRuleName[];
