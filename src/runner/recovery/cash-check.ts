// Whether the account has the money that the book says. A difference is explained by what the venue tells of money that moved
// without a trade, and booked under that reason; what nothing explains is a failure that locks. It never moves money itself.

import {
  isBefore,
  parseUnits,
  type AccountReported,
  type CashFlow,
  type CashReported,
  type EffectQueue,
  type Moment,
  type Money,
  type Reason,
} from "../../domain/index.ts";
import type { RunnerDesk } from "../order.ts";

/** What is asked next: how the account stands, or what has moved its money; null: the money agrees, or nothing more can be known. */
type CashQuestion = "account" | "cash" | null;

/** Answers in a row that leave the same difference, each an interval behind the one before, until it counts as one that nothing explains. */
const readsMax = 3;
/** Answers that the book had overtaken until the question is left to the next comparison. */
const overtakenMax = 5;
/** Movements that are kept to be recognised when they are told again. */
const bookedMax = 256;

/** What it uses of the session that it belongs to; `Core` is one. */
interface CashSession {
  readonly desks: readonly RunnerDesk[];
  readonly effects: EffectQueue;
  readonly cashAtStart: Money;
  funds: Money;
  alert(level: "info" | "error", text: string): void;
  lock(market: null, reason: Reason): void;
}

export interface CashState {
  /** What the account holds, and when; null: not told, or settled. */
  told: (Moment & { readonly units: number }) | null;
  /** What was left over the last time, and how often in a row. */
  difference: number;
  reads: number;
  overtaken: number;
  /** Movements that the book has, oldest first. */
  booked: string[];
  /** Of the newest of them. */
  newest: Moment | null;
}

export class CashCheck {
  declare private readonly core: CashSession;
  private state: CashState = { told: null, difference: 0, reads: 0, overtaken: 0, booked: [], newest: null };

  constructor(core: CashSession) {
    this.core = core;
  }

  /** A comparison begins: what was told before it counts no more. */
  begin(): void {
    Object.assign(this.state, { told: null, difference: 0, reads: 0, overtaken: 0 });
  }

  /** A stream told of money that moved: the book has it. */
  heard(flow: Omit<CashFlow, "text">, moment: Moment): void {
    const { state } = this;
    state.booked.push(nameOf(flow));
    if (state.booked.length > bookedMax) state.booked.shift();
    if (state.newest === null || isBefore(state.newest, moment)) state.newest = { time: moment.time, sequence: moment.sequence };
  }

  accountTold({ time, sequence, balances }: AccountReported): void {
    const { instrument } = this.core.desks[0] as RunnerDesk;
    const text = balances[instrument.rules.settle];
    if (text !== undefined) this.state.told = { time, sequence, units: parseUnits(text, instrument.moneyScale) };
  }

  /** @returns what must be asked before a comparison can end */
  question(): CashQuestion {
    const { state } = this;
    const { told } = state;
    if (told === null || told.units === this.expected()) return null;
    // A position that was taken over at a guess has a price of ours: what it cost is not known.
    if (this.core.desks.some(({ book }) => book.hasGuess)) return null;
    if (this.isOvertaken(told)) {
      state.overtaken += 1;
      return state.overtaken > overtakenMax ? null : "account";
    }
    if (state.reads >= readsMax) return this.unexplained(told.units - this.expected());
    return "cash";
  }

  /** True: the same has been left over before, and is asked about once more after a while. */
  get isWaiting(): boolean {
    return this.state.reads > 0;
  }

  /** What moved money since the silence began. */
  told({ time, sequence, balance, flows }: CashReported): void {
    const { state } = this;
    const booked = [...state.booked];
    for (const flow of flows) {
      const at = booked.indexOf(nameOf(flow));
      if (at >= 0) booked.splice(at, 1);
      else this.book(flow, { time: flow.time, sequence });
    }
    state.told = { time, sequence, units: balance };
    const difference = balance - this.expected();
    state.reads = difference === 0 ? 0 : difference === state.difference ? state.reads + 1 : 1;
    state.difference = difference;
  }

  private book(flow: CashFlow, moment: Moment): void {
    const { core } = this;
    const { market, currency, amount, cause, text } = flow;
    const { instrument } = core.desks[0] as RunnerDesk;
    // Money of another currency is in no sum of ours.
    if (currency !== instrument.rules.settle) return;
    this.heard(flow, moment);
    if (cause === "funding") (core.desks[market ?? 0] as RunnerDesk).book.fund(amount);
    else core.funds = (core.funds + amount) as Money;
    const reason = cause === "funding" ? "missed_funding" : "funds_moved";
    core.effects.push({ type: "cash_synced", market, currency, amount, reason });
    core.alert("info", `${reason}: ${instrument.moneyNumber(amount)} ${currency}${text === "" ? "" : `, ${text}`}, heard of after a silence`);
  }

  /** The venue's word counts from here on, and somebody has to look at it before risk is increased again. */
  private unexplained(difference: number): null {
    const { core } = this;
    const { instrument } = core.desks[0] as RunnerDesk;
    const { settle: currency } = instrument.rules;
    const amount = difference as Money;
    core.funds = (core.funds + amount) as Money;
    core.lock(null, "unexplained_divergence");
    core.effects.push({ type: "cash_synced", market: null, currency, amount, reason: "unexplained_divergence" });
    core.alert(
      "error",
      `unexplained_divergence: the account has ${instrument.moneyNumber(amount)} ${currency} more than the book, and nothing explains it`,
    );
    this.begin();
    return null;
  }

  /** Cash by the book, in units of the settlement currency: coins are bought with it, contracts are not. */
  private expected(): number {
    const { core } = this;
    let sum: number = core.cashAtStart + core.funds;
    for (const { book, instrument } of core.desks) sum += instrument.spot ? book.result - book.costs : book.result;
    return sum;
  }

  /** The book has heard of something that happened later. */
  private isOvertaken(told: Moment): boolean {
    const { newest } = this.state;
    if (newest !== null && isBefore(told, newest)) return true;
    return this.core.desks.some((desk) => desk.book.legs.some(({ leg }) => desk.isStale(leg, told)));
  }

  snapshot(): CashState {
    return structuredClone(this.state);
  }

  restore(saved: CashState | undefined): void {
    if (saved !== undefined) this.state = structuredClone(saved);
  }
}

/** One movement has one name, whichever way it is told. */
function nameOf({ cause, market, leg, time, currency, amount }: Omit<CashFlow, "text">): string {
  return [cause, market ?? "", leg ?? "", time, currency, amount].join("/");
}
