// The strategy contract: a strategy owns every decision, is pure, is told everything, and acts only by asking for
// intents through its Context. What it does not do: know a venue, a clock, a file or a promise.

import type {
  BackoffPolicy,
  BarIndex,
  ExecutionPolicy,
  Family,
  IntentKind,
  Leg,
  Liquidity,
  Millis,
  OrderIntent,
  OrderStatus,
  OrderType,
  Permission,
  RandomStream,
  Reason,
} from "../domain/index.ts";
import type { IndicatorSet } from "./indicators.ts";

/** Closed bars of one series, read from the last closed one backwards. There is no way to see a later bar. */
export interface BarView {
  /** Row of the last closed bar in its series; -1 before the first. */
  readonly index: number;
  /** Open time of the last closed bar. */
  readonly time: Millis;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Close of the bar `ago` bars before the last closed one; NaN before the first. */
  closeAt(ago: number): number;
  openAt(ago: number): number;
  highAt(ago: number): number;
  lowAt(ago: number): number;
  volumeAt(ago: number): number;
}

/** One side's position as the runner's book holds it, in float64. `LONG` and `SHORT` exist in both position modes; in one-way mode one of them is flat. */
export interface PositionView {
  /** Base units, ≥ 0 on both sides. */
  readonly quantity: number;
  /** Average entry; 0 when flat. */
  readonly entryPrice: number;
}

/** An order that the runner holds as open, or pending without an answer. */
export interface OrderView {
  readonly intent: number;
  readonly family: Family;
  readonly side: "LONG" | "SHORT";
  readonly type: OrderType;
  readonly status: OrderStatus;
  readonly quantity: number;
  readonly filled: number;
  readonly price: number | null;
  readonly trigger: number | null;
  readonly tag: string | null;
}

/** Trading rules in float64, for sizing. */
export interface InstrumentView {
  readonly symbol: string;
  readonly tick: number;
  readonly step: number;
  readonly minQuantity: number;
  readonly minNotional: number;
  readonly contractSize: number;
  readonly makerFee: number;
  readonly takerFee: number;
}

/** One execution, told to the strategy after the runner's book has it. */
export interface FillView {
  readonly intent: number;
  readonly family: Family;
  readonly kind: IntentKind;
  readonly side: "LONG" | "SHORT";
  readonly price: number;
  readonly quantity: number;
  readonly fee: number;
  readonly liquidity: Liquidity;
  readonly time: Millis;
  /** True when this fill completes its order. */
  readonly complete: boolean;
  /** What the order has filled so far, this fill included. */
  readonly cumulative: number;
  readonly tag: string | null;
}

/** An intent as the runner keeps it. */
export interface IntentView {
  readonly intent: number;
  readonly kind: IntentKind;
  readonly family: Family;
  readonly side: "LONG" | "SHORT";
  readonly quantity: number;
  readonly price: number | null;
  readonly trigger: number | null;
  readonly tag: string | null;
}

/** What a strategy may read and ask for. One Context per market; the object is reused, do not keep values across calls. */
export interface Context {
  readonly symbol: string;
  readonly instrument: InstrumentView;
  readonly hedge: boolean;
  /** Venue time of what is being handled: the close of the bar, or the time of the fill. */
  readonly now: Millis;
  /** Row in the market's finest series. */
  readonly bar: BarIndex;
  /** The market's finest series. */
  readonly bars: BarView;
  /** Account equity in the settlement currency at the last mark. */
  readonly equity: number;
  readonly indicators: IndicatorSet;
  /** The strategy's own seeded stream. */
  readonly random: RandomStream;
  /** Another timeframe or market of the session. @throws SeatrialError when the session does not have it */
  series(timeframe: string, symbol?: string): BarView;
  position(side: "LONG" | "SHORT"): PositionView;
  /** Open orders of this market in the order in which they were asked for. */
  orders(): readonly OrderView[];

  /**
   * Ask for an order. The strategy's snapshot is taken at this moment: state changed after the call is rolled back
   * when the order fails, state changed before it is not. Returns the intent's number, also when it is refused.
   */
  open(intent: OrderIntent): number;
  add(intent: OrderIntent): number;
  /** PARTIAL_CLOSE, or with family `tp` / `sl` a protective order that rests. */
  reduce(intent: OrderIntent): number;
  close(intent: OrderIntent): number;
  /** Cancels what is still open of an intent; false when nothing is. */
  cancel(intent: number): boolean;
  /** Changes price, trigger or quantity of a resting order; false when there is none. */
  amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean;
}

export interface Strategy<State = unknown> {
  readonly name: string;
  readonly policy: ExecutionPolicy;
  /** @defaultValue defaultBackoffPolicy */
  readonly backoff?: BackoffPolicy;
  /** Bars of the finest series that only feed indicators before the first onBar. @defaultValue 0 */
  readonly warmup?: number;
  /** Called once, before the first bar: create indicators here. */
  setup?(ctx: Context): void;
  /** Called for each warm-up bar instead of onBar; intents are refused with `warm_up`. */
  onWarmup?(ctx: Context): void;
  onBar(ctx: Context): void;
  onFill?(ctx: Context, fill: FillView): void;
  /** An intent was refused, rejected, or ended without a fill that the strategy did not ask for. `restored`: the snapshot was put back. */
  onRejected?(ctx: Context, intent: IntentView, reason: Reason, restored: boolean): void;
  /**
   * An order ended that had filled in part, or whose cancel the strategy asked for. `filled` in base units is the venue's last word: it
   * may run ahead of the fills that onFill has told.
   */
  onCanceled?(ctx: Context, intent: IntentView, filled: number): void;
  /** The position changed without an order of this session: adopt the new quantity. */
  onExternalChange?(ctx: Context, leg: Leg, quantity: number): void;
  /** Risk-increasing intents only. A throw counts as a refusal. */
  canSubmit?(ctx: Context, intent: IntentView): Permission;
  /** Reducing intents: a hook of its own, never the entry backoff. */
  canClose?(ctx: Context, intent: IntentView): Permission;
  /** The venue's floor for one order in the settlement currency, already with its margin (row 004-MO-1). */
  setBrokerMinimum?(symbol: string, floor: number): void;
  /** Score among markets that compete for `topN` entry slots; higher is asked first. */
  rank?(ctx: Context): number;
  /** Plain JSON of the strategy's whole trading state. */
  snapshot(): State;
  restore(state: State): void;
}

/** A strategy's parameters: the shape of `defaults` is the schema (unknown keys and other types are refused). */
export type Params = Readonly<Record<string, unknown>>;

/** What a strategy file exports as `default`, and what the built-ins are. */
export interface StrategyDefinition<P extends Params = Params> {
  readonly name: string;
  readonly defaults: P;
  /** Checks beyond key and type; returns the problem of the first bad parameter, or null. */
  check?(params: P): { readonly key: string; readonly problem: string } | null;
  /** A fresh instance for one market. */
  create(params: P): Strategy;
}

/** Types a strategy file without a cast. */
export function defineStrategy<P extends Params>(definition: StrategyDefinition<P>): StrategyDefinition<P> {
  return definition;
}

/** Hooks that a live session requires; a simulation warns about the missing ones (row 004-ST-1). */
export const liveHooks = ["canSubmit", "canClose", "setBrokerMinimum", "onRejected", "onExternalChange", "onWarmup", "snapshot", "restore"] as const;
