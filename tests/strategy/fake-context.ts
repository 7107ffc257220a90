// A Context for strategy tests: it records intents and lets the test say what became of each. It keeps positions and open
// orders as the runner's book would, tells ends only after the hook that asked has returned, and fills nothing on its own.

import { isOpenStatus, randomStream } from "../../src/domain/index.ts";
import type { BarIndex, Family, IntentKind, Leg, Millis, OrderIntent, OrderStatus, Reason } from "../../src/domain/index.ts";
import { IndicatorSet } from "../../src/strategy/index.ts";
import type { BarView, Context, FillView, IntentView, InstrumentView, OrderView, PositionView, Strategy } from "../../src/strategy/index.ts";

export type Candle = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** One intent as it was asked for. */
export interface Asked extends OrderIntent {
  readonly number: number;
  readonly kind: IntentKind;
  readonly bar: number;
  status: OrderStatus;
  filled: number;
  cancelAsked: boolean;
  readonly snapshot: unknown;
}

const defaultInstrument: InstrumentView = {
  symbol: "HYPE/USDC:USDC",
  tick: 0.001,
  step: 0.01,
  minQuantity: 0.01,
  minNotional: 0,
  contractSize: 1,
  makerFee: 0.0002,
  takerFee: 0.0005,
};

const families: Readonly<Record<string, Family>> = { OPEN: "entry", ADD: "dca", CLOSE: "close", PARTIAL_CLOSE: "partial" };

class FakeBars implements BarView {
  readonly rows: Candle[] = [];
  readonly interval: number;

  constructor(interval: number) {
    this.interval = interval;
  }
  get index(): number {
    return this.rows.length - 1;
  }
  get time(): Millis {
    return (this.index * this.interval) as Millis;
  }
  get open(): number {
    return this.openAt(0);
  }
  get high(): number {
    return this.highAt(0);
  }
  get low(): number {
    return this.lowAt(0);
  }
  get close(): number {
    return this.closeAt(0);
  }
  get volume(): number {
    return this.volumeAt(0);
  }
  openAt(ago: number): number {
    return this.rows[this.index - ago]?.[0] ?? Number.NaN;
  }
  highAt(ago: number): number {
    return this.rows[this.index - ago]?.[1] ?? Number.NaN;
  }
  lowAt(ago: number): number {
    return this.rows[this.index - ago]?.[2] ?? Number.NaN;
  }
  closeAt(ago: number): number {
    return this.rows[this.index - ago]?.[3] ?? Number.NaN;
  }
  volumeAt(ago: number): number {
    return this.rows[this.index - ago]?.[4] ?? Number.NaN;
  }
}

export class FakeContext implements Context {
  readonly symbol: string;
  readonly instrument: InstrumentView;
  readonly hedge: boolean;
  readonly bars = new FakeBars(60_000);
  readonly indicators = new IndicatorSet();
  readonly random = randomStream(1, "strategy");
  equity = 1_000;
  /** Every intent so far, in order. */
  readonly asked: Asked[] = [];
  readonly amended: { intent: number; price?: number; trigger?: number; quantity?: number }[] = [];
  /** Refuses intents at once, as a gate would. */
  gate: ((intent: Asked) => Reason | null) | null = null;
  private readonly strategy: Strategy;
  private readonly others: Record<string, FakeBars> = {};
  private readonly held = { LONG: { quantity: 0, entryPrice: 0 }, SHORT: { quantity: 0, entryPrice: 0 } };
  private refusals: { readonly asked: Asked; readonly reason: Reason }[] = [];
  private clock = 0;

  constructor(strategy: Strategy, options: { hedge?: boolean; instrument?: Partial<InstrumentView> } = {}) {
    this.strategy = strategy;
    this.hedge = options.hedge ?? true;
    this.instrument = { ...defaultInstrument, ...options.instrument };
    this.symbol = this.instrument.symbol;
    strategy.setup?.(this);
  }

  get now(): Millis {
    return this.clock as Millis;
  }
  get bar(): BarIndex {
    return this.bars.index as BarIndex;
  }

  /** Closes a bar and lets the strategy decide. @returns the intents that it asked for */
  close1m(candle: Candle): Asked[] {
    this.bars.rows.push(candle);
    this.clock = (this.bars.index + 1) * 60_000;
    const [open, high, low, close, volume = 0] = candle;
    this.indicators.update({ open, high, low, close, volume });
    return this.during(() => (this.bars.index < (this.strategy.warmup ?? 0) ? this.strategy.onWarmup?.(this) : this.strategy.onBar(this)));
  }

  /** Gives the session another timeframe. */
  feed(timeframe: string, closes: readonly number[]): void {
    const view = (this.others[timeframe] ??= new FakeBars(604_800_000));
    for (const close of closes) view.rows.push([close, close, close, close, 1]);
  }

  /** Fills an order, completely unless a quantity is given. @returns the intents asked for in answer */
  fill(asked: Asked, price: number, quantity?: number): Asked[] {
    const left = this.wanted(asked) - asked.filled;
    const size = Math.min(quantity ?? left, left);
    const complete = size >= left - 1e-12;
    asked.filled += size;
    // The fill of an order that has ended does not bring it back.
    if (isOpenStatus(asked.status)) asked.status = complete ? "FILLED" : "PARTIAL";
    this.apply(asked, price, size);
    const fill: FillView = {
      intent: asked.number,
      family: familyOf(asked),
      kind: asked.kind,
      side: asked.side,
      price,
      quantity: size,
      fee: price * size * this.instrument.takerFee,
      liquidity: asked.orderType === "limit" ? "maker" : "taker",
      time: this.now,
      complete,
      cumulative: asked.filled,
      tag: asked.tag ?? null,
    };
    return this.during(() => this.strategy.onFill?.(this, fill));
  }

  /**
   * The order ends: rejected, expired, or cancelled as asked.
   * @param filled by the venue's word, base units; more than its fills so far where the rest of them is still on its way
   */
  end(asked: Asked, status: "REJECTED" | "EXPIRED" | "CANCELED", reason: Reason, restore = false, filled = asked.filled): Asked[] {
    asked.status = status;
    return this.during(() => {
      if (filled > 0 || asked.cancelAsked) return this.strategy.onCanceled?.(this, this.viewOf(asked), filled);
      if (restore) this.strategy.restore(asked.snapshot);
      return this.strategy.onRejected?.(this, this.viewOf(asked), reason, restore);
    });
  }

  /** Confirms every cancel that was asked for. */
  confirmCancels(): void {
    for (const asked of this.asked) if (asked.cancelAsked && isOpenStatus(asked.status)) this.end(asked, "CANCELED", "strategy_cancel");
  }

  /** Somebody else changed the position. */
  changeOutside(leg: Leg, quantity: number): Asked[] {
    if (leg !== "NET") this.held[leg].quantity = Math.abs(quantity);
    else {
      this.held.LONG.quantity = Math.max(quantity, 0);
      this.held.SHORT.quantity = Math.max(-quantity, 0);
    }
    return this.during(() => this.strategy.onExternalChange?.(this, leg, quantity));
  }

  series(timeframe: string): BarView {
    const view = this.others[timeframe];
    if (view === undefined) throw new Error(`no ${timeframe} bars`);
    return view;
  }
  position(side: "LONG" | "SHORT"): PositionView {
    return this.held[side];
  }
  orders(): readonly OrderView[] {
    return this.asked.filter((asked) => isOpenStatus(asked.status)).map((asked) => this.orderOf(asked));
  }
  open(intent: OrderIntent): number {
    return this.ask("OPEN", intent);
  }
  add(intent: OrderIntent): number {
    return this.ask("ADD", intent);
  }
  reduce(intent: OrderIntent): number {
    return this.ask("PARTIAL_CLOSE", intent);
  }
  close(intent: OrderIntent): number {
    return this.ask("CLOSE", intent);
  }
  cancel(intent: number): boolean {
    const asked = this.asked.find((other) => other.number === intent);
    if (asked === undefined || !isOpenStatus(asked.status) || asked.cancelAsked) return false;
    asked.cancelAsked = true;
    return true;
  }
  amend(intent: number, change: { price?: number; trigger?: number; quantity?: number }): boolean {
    this.amended.push({ intent, ...change });
    return true;
  }

  private ask(kind: IntentKind, intent: OrderIntent): number {
    const number = this.asked.length + 1;
    const snapshot = structuredClone(this.strategy.snapshot());
    const asked: Asked = { ...intent, number, kind, bar: this.bars.index, status: "SUBMITTED", filled: 0, cancelAsked: false, snapshot };
    this.asked.push(asked);
    const reason = this.gate?.(asked) ?? null;
    if (reason !== null) {
      asked.status = "REJECTED";
      this.refusals.push({ asked, reason });
    } else if (intent.replaces !== undefined) {
      const replaced = this.asked.find((other) => other.number === intent.replaces);
      if (replaced !== undefined && isOpenStatus(replaced.status)) replaced.status = "CANCELED";
    }
    return number;
  }

  private during(hook: () => void): Asked[] {
    const before = this.asked.length;
    hook();
    const { refusals } = this;
    this.refusals = [];
    for (const { asked, reason } of refusals) {
      const restored = asked.kind === "OPEN";
      if (restored) this.strategy.restore(asked.snapshot);
      this.strategy.onRejected?.(this, this.viewOf(asked), reason, restored);
    }
    return this.asked.slice(before);
  }

  private wanted(asked: Asked): number {
    if (asked.kind !== "OPEN" && asked.kind !== "ADD" && asked.quantity === undefined) {
      return this.held[asked.side].quantity * (asked.fraction ?? 1);
    }
    return asked.quantity ?? 0;
  }

  private apply(asked: Asked, price: number, size: number): void {
    const position = this.held[asked.side];
    if (asked.kind === "OPEN" || asked.kind === "ADD") {
      // In one-way mode an order nets: it closes what stands against it first.
      const opposite = this.held[asked.side === "LONG" ? "SHORT" : "LONG"];
      const closed = asked.reverse === true ? Math.min(opposite.quantity, size) : 0;
      opposite.quantity -= closed;
      const opened = size - closed;
      if (opened === 0) return;
      const quantity = position.quantity + opened;
      position.entryPrice = (position.quantity * position.entryPrice + opened * price) / quantity;
      position.quantity = quantity;
      return;
    }
    position.quantity -= size;
    if (position.quantity > 1e-9) return;
    position.quantity = 0;
    position.entryPrice = 0;
  }

  private viewOf(asked: Asked): IntentView {
    const { number, kind, side, price = null, trigger = null, tag = null } = asked;
    return { intent: number, kind, family: familyOf(asked), side, quantity: this.wanted(asked), price, trigger, tag };
  }

  private orderOf(asked: Asked): OrderView {
    const { intent, family, side, quantity, price, trigger, tag } = this.viewOf(asked);
    return { intent, family, side, quantity, price, trigger, tag, type: asked.orderType ?? "market", status: asked.status, filled: asked.filled };
  }
}

function familyOf(asked: Asked): Family {
  return asked.family ?? families[asked.kind] ?? "entry";
}
