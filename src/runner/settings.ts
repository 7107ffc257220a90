// Settings of the runner that are not the strategy's: the operator's limits and how outcomes are chased.

import { noLimits, type RiskLimits } from "../risk/index.ts";
import type { ChurnLimits } from "./churn.ts";

export interface RunnerSettings {
  /** Markets that may hold or seek an entry at the same instant; null = all. @defaultValue null */
  readonly topN: number | null;
  /** Operator's permission for market fallbacks, needed beside the policy's and the intent's. @defaultValue both false */
  readonly fallback: { readonly onReject: boolean; readonly onTimeout: boolean };
  /** Notional of one order for `runner_notional` sizing, in the settlement currency. @defaultValue null */
  readonly runnerNotional: number | null;
  /** After a cancel request, how long until its silence is "not confirmed". @defaultValue 2000 */
  readonly cancelConfirmMs: number;
  /** Between queries of an unknown outcome. @defaultValue 2000 */
  readonly queryIntervalMs: number;
  /**
   * What an order's absence is proven by: how long the venue still takes a request after it was sent, how long its engine may
   * work at it, and how far its answers lag behind; ms. Null: the venue names no such time, and what it does not find is quarantined.
   * @defaultValue of a scenario, what the venue's profile says; else 5000, 10000, 2000
   */
  readonly absence: { readonly validityWindowMs: number; readonly engineTimeoutMs: number; readonly lagMarginMs: number } | null;
  /** Caps in the settlement currency or counts; null = none. */
  readonly limits: RiskLimits;
  /** Floor of one order's value in the settlement currency, beside the venue's own (row 004-MO-1). @defaultValue 0 */
  readonly minOrderNotional: number;
  /** Orders on the account that are not ours, found after a silence: `block` holds risk increase back until they are gone (row 004-RG-1). @defaultValue "block" */
  readonly foreignOrders: "block" | "ignore";
  /** The venue's clock may differ by this before data counts as stale. @defaultValue 1000 */
  readonly clockOffsetMaxMs: number;
  /** What a hook that throws does: `halt` ends the session, `lock` drops that decision and goes on. @defaultValue "halt" */
  readonly strategyErrors?: "halt" | "lock";
  /** With `lock`: failures of a hook in a row after which the strategy may no longer increase risk. @defaultValue 3 */
  readonly strategyErrorsMax?: number;
  /** Loops that gain nothing, and lock what increases risk on their market until the operator's `resume`; null: nobody looks. @defaultValue 20 round trips, 3 bars, 180 refusals */
  readonly churn?: ChurnLimits | null;
  /** Intents that one strategy may ask for at one instant; one more is an error of the strategy. @defaultValue 1000 */
  readonly intentsMax?: number;
  /** Leverage that the account is meant to have; null: whatever it has. @defaultValue null */
  readonly leverage: number | null;
  /** Between looks at the venue's positions while nothing else calls for one (failures A14): two that differ from the book alike call for a comparison; null: none. @defaultValue null */
  readonly positionCheckMs: number | null;
}

export const defaultRunnerSettings: RunnerSettings = {
  topN: null,
  fallback: { onReject: false, onTimeout: false },
  runnerNotional: null,
  cancelConfirmMs: 2_000,
  queryIntervalMs: 2_000,
  // Binance: recvWindow 5 s unless told otherwise, and -1007 after 10 s without an answer of the engine.
  absence: { validityWindowMs: 5_000, engineTimeoutMs: 10_000, lagMarginMs: 2_000 },
  limits: noLimits,
  minOrderNotional: 0,
  foreignOrders: "block",
  clockOffsetMaxMs: 1_000,
  leverage: null,
  positionCheckMs: null,
};
