// Orders of which it is not known what became of them. A doubt is left on evidence alone: the order shows itself, or it is
// proven that it is not there. What can be neither is quarantined; silence and counters prove nothing (failures 1.1).

import {
  plainRequest,
  type FillsReported,
  type MarketIndex,
  type Millis,
  type OrderNumber,
  type PositionReported,
  type Quantity,
  type Reason,
} from "../../domain/index.ts";
import { AbsenceProofs, type ProofsState } from "./absence.ts";
import type { Core } from "../core.ts";
import { exposureOf, isUnknown } from "./exposure.ts";
import type { Intake } from "../intake.ts";
import type { RunnerDesk, RunnerOrder } from "../order.ts";

const cancelRetriesMax = 3;
/** A quarantined order goes on being asked about, more and more seldom: at most after so many intervals. */
const quarantinePauseMax = 16;

/** What an order's end means to those who have to hear of it; `Outcomes` says it. */
interface Verdicts {
  /** It is proven that the venue does not have it. */
  absent(order: RunnerOrder): void;
}

export interface DoubtsState {
  readonly proofs: ProofsState;
  readonly deferred: readonly string[];
  readonly pauses: readonly (readonly [order: number, intervals: number])[];
  readonly unheard: readonly number[];
}

export class Doubts {
  declare private readonly core: Core;
  declare private readonly intake: Intake;
  declare private readonly verdicts: Verdicts;
  declare private readonly proofs: AbsenceProofs;
  /** Legs whose reported position an order in doubt may explain: they are asked for again when that is settled. */
  private readonly deferred = new Set<string>();
  /** Quarantined orders, with the intervals until the next question. */
  private readonly pauses = new Map<number, number>();
  /** Orders that have been asked about, without an answer so far. */
  private readonly unheard = new Set<number>();

  constructor(core: Core, intake: Intake, verdicts: Verdicts) {
    this.core = core;
    this.intake = intake;
    this.verdicts = verdicts;
    this.proofs = new AbsenceProofs(core.settings);
  }

  /** A leg's position was told that the book does not have, and a doubt that might explain it is over. */
  get verifying(): boolean {
    return this.deferred.size > 0;
  }

  // ---- into doubt and out of it ---------------------------------------------------------------------------------

  /** What became of an order is not known: it is asked about until there is evidence. */
  doubt(order: RunnerOrder, reason: Reason): void {
    const { core } = this;
    if (reason === "cancel_unconfirmed") order.cancelDoubted = true;
    if (order.unknown) return;
    order.desk.setUnknown(order, true);
    core.settle(order, "UNKNOWN", reason);
    core.alert(
      "warning",
      `${reason}: the outcome of ${order.family} order ${order.order} on ${order.desk.instrument.symbol} is open until there is evidence`,
    );
    // Row 004-OP-8: the strategy goes back to where it was; the order stays pending and is chased.
    // An intent that is still being worked has not failed.
    if (reason === "cancel_unconfirmed" && order.increases && order.filled === 0 && order.route === null)
      core.restore(order.desk, order.snapshot, order.version);
    this.ask(order);
  }

  /** It has shown itself, or has ended. To be called before its new verdict is settled. */
  over(order: RunnerOrder): void {
    if (!order.unknown) return;
    const { core, deferred } = this;
    const { desk, leg } = order;
    desk.setUnknown(order, false);
    this.heard(order);
    this.proofs.forget(order);
    if (order.status === "QUARANTINED") this.released(order);
    if (deferred.has(`${desk.market}/${leg}`)) core.rateLimits.queryPosition(desk.market, leg);
  }

  private released(order: RunnerOrder): void {
    const { desk } = order;
    this.pauses.delete(order.order);
    for (let other = desk.first; other !== null; other = other.later) if (other !== order && other.status === "QUARANTINED") return;
    this.core.unlock(desk.market, "symbol_quarantined");
  }

  /** The venue holds the order: a doubt about it is over, and a cancel that did not happen goes again. */
  confirmOpen(order: RunnerOrder): void {
    const { core } = this;
    const { desk } = order;
    order.confirmed = true;
    if (!order.unknown) return;
    this.over(order);
    core.settle(order, order.filled > 0 ? "PARTIAL" : "SUBMITTED", order.reason);
    if (order.cancelCause === "none") return;
    if (order.cancelRetries >= cancelRetriesMax) return this.giveUpCancel(order);
    // The cancel did not happen; what asked for it still holds.
    order.cancelRetries += 1;
    desk.retries += 1;
    order.cancelTime = core.now;
    core.rateLimits.cancel(order, "cancel_unconfirmed", false);
    this.watchCancels(desk);
  }

  /** The venue keeps an order that it was asked to cancel again and again: it counts as out, and a new cancel may be asked for. */
  private giveUpCancel(order: RunnerOrder): void {
    order.cancelCause = "none";
    order.cancelTime = 0;
    order.cancelRetries = 0;
    order.desk.count(order, 1);
    order.desk.cancelDone();
    this.core.alert("error", `cancel_unconfirmed: order ${order.order} is still open at the venue after ${cancelRetriesMax + 1} cancels`);
  }

  /** Cancels without an answer for too long are unconfirmed; younger ones are looked at again later. */
  watchCancels(desk: RunnerDesk): void {
    const { core } = this;
    let next = Number.POSITIVE_INFINITY;
    for (let order = desk.first; order !== null; order = order.later) {
      if (order.cancelTime === 0 || order.unknown) continue;
      const due = order.cancelTime + core.settings.cancelConfirmMs;
      if (due <= core.now) this.doubt(order, "cancel_unconfirmed");
      else next = Math.min(next, due);
    }
    desk.cancelWatch = next === Number.POSITIVE_INFINITY ? 0 : next;
  }

  // ---- asking -----------------------------------------------------------------------------------------------------------

  /** The answer was no evidence: the same question once more, after a while. */
  askLater(order: RunnerOrder): void {
    const { core, pauses } = this;
    const intervals = pauses.get(order.order) ?? 1;
    if (pauses.has(order.order)) pauses.set(order.order, Math.min(2 * intervals, quarantinePauseMax));
    this.askAt(order, core.now + intervals * this.proofs.spacing);
  }

  private askAt({ order }: RunnerOrder, due: number): void {
    const { core } = this;
    // The same answer told twice leads to one question.
    if (!core.timers.awaitsQuery(order)) core.setTimer({ kind: "query", order }, due);
  }

  /** A query timer: asks again while the outcome is open. */
  askAgain(number: OrderNumber): void {
    const order = this.core.orders.get(number);
    if (order !== undefined && order.unknown) this.ask(order);
  }

  private ask(order: RunnerOrder): void {
    const { core } = this;
    core.rateLimits.query(order);
    // One such watch at a time: it asks again, and watches on.
    if (this.unheard.has(order.order)) return;
    this.unheard.add(order.order);
    core.setTimer({ kind: "query_lost", order: order.order }, core.now + 3 * this.proofs.spacing);
  }

  /** The venue has answered a question, whatever it says. */
  heard(order: RunnerOrder): void {
    if (this.unheard.size > 0) this.unheard.delete(order.order);
  }

  /** An answer should have come long ago: it was lost, and the question comes again. */
  answerLost(number: OrderNumber): void {
    if (!this.unheard.delete(number)) return;
    this.askAgain(number);
  }

  /** The venue does not know the order, it says. */
  absent(order: RunnerOrder, time: number): void {
    const { proofs } = this;
    switch (proofs.read(order, time)) {
      case "early":
        return this.askAt(order, Math.max(this.core.now + proofs.spacing, (proofs.fenceOf(order) ?? 0) + 1));
      case "first":
        return this.askLater(order);
      case "same":
        return;
      case "enough":
        return this.askForTheRest(order);
    }
  }

  /** The venue says that it has an order of this id already: it is there, or has been (failures A5). */
  exists(order: RunnerOrder): void {
    order.confirmed = true;
    this.doubt(order, "duplicate_client_order_id");
  }

  /** The venue knows the order: reads that did not find it prove nothing any more. */
  found(order: RunnerOrder): void {
    order.confirmed = true;
    this.proofs.forget(order);
  }

  private askForTheRest(order: RunnerOrder): void {
    const { core, proofs } = this;
    // Where an answer is lost, or none will do, the order is asked about anew.
    this.askLater(order);
    if (proofs.fenceOf(order) === null) return this.quarantine(order, "this venue names no time after which a request is no longer taken");
    if (order.filled > 0) return this.quarantine(order, "the venue no longer knows an order of which it has filled a part");
    proofs.asked(order);
    const since = Math.max(0, order.sentTime - (core.settings.absence?.lagMarginMs ?? 0)) as Millis;
    core.rateLimits.queryFills(order.market, since);
    core.rateLimits.queryPosition(order.market, order.leg);
  }

  // ---- what the venue tells ------------------------------------------------------------------------------------------

  /** The trades of a market; those of our own have been applied. */
  tradesTold(event: FillsReported): void {
    for (const order of this.inDoubt(event.market)) {
      this.proofs.takeTrades(order, event);
      this.judge(order);
    }
  }

  /** The position of a leg. @returns true: an order in doubt may explain what the book does not have, so nobody is to adopt it */
  positionTold(event: PositionReported): boolean {
    const { market, leg, quantity } = event;
    const key = `${market}/${leg}`;
    const desk = this.core.desks[market] as RunnerDesk;
    this.deferred.delete(key);
    if (desk.unresolved === 0 || desk.isStale(leg, event)) return false;
    const { lowest, highest } = exposureOf(this.core, desk, leg, isUnknown);
    const explained = quantity !== desk.book.signedOf(leg) && quantity >= lowest && quantity <= highest;
    for (const order of this.inDoubt(market)) {
      this.proofs.takePosition(order, event);
      this.judge(order);
    }
    if (explained) this.deferred.add(key);
    return explained;
  }

  private inDoubt(market: MarketIndex): RunnerOrder[] {
    const desk = this.core.desks[market] as RunnerDesk;
    return desk.unresolved === 0 ? [] : desk.list().filter(isUnknown);
  }

  private judge(order: RunnerOrder): void {
    const { proofs, core } = this;
    const verdict = order.unknown ? proofs.verdict(order) : null;
    if (verdict === null) return;
    if (!verdict) return this.quarantine(order, `the reads contradict each other: ${proofs.evidenceOf(order)}`);
    core.alert("warning", `never_arrived: order ${order.order} on ${order.desk.instrument.symbol} is not at the venue: ${proofs.evidenceOf(order)}`);
    this.verdicts.absent(order);
  }

  /** No proof of anything. Risk increase on the market waits for evidence, or for a human; its exposure stays open. */
  private quarantine(order: RunnerOrder, why: string): void {
    const { core } = this;
    const { desk } = order;
    this.proofs.forget(order);
    if (order.status === "QUARANTINED") return;
    this.pauses.set(order.order, 1);
    core.settle(order, "QUARANTINED", "quarantined");
    core.lock(desk.market, "symbol_quarantined");
    core.alert("error", `quarantined: order ${order.order} on ${desk.instrument.symbol}: ${why}`);
  }

  // ---- an order that was given up -----------------------------------------------------------------------------------

  /** An order that was proven absent is there after all: the proof was wrong, and the order is out again (failures 1.1). */
  acceptedLate(order: RunnerOrder): void {
    const { core } = this;
    const { desk } = order;
    order.revive();
    core.revive(order);
    core.effects.push({ type: "order_adopted", request: plainRequest(order), filled: 0 as Quantity, reason: "late_acceptance" });
    core.alert("error", `late_acceptance: order ${order.order} on ${desk.instrument.symbol} was given up, and the venue has taken it`);
    const { timeToLive, sentTime } = order;
    const isOver = timeToLive !== null && sentTime + timeToLive <= core.now;
    if (desk.strategy.policy.lateAcceptance !== "adopt" || isOver) this.intake.cancel(order, "runner", "late_acceptance");
    else if (timeToLive !== null) core.setTimer({ kind: "time_to_live", order: order.order }, sentTime + timeToLive);
  }

  snapshot(): DoubtsState {
    return {
      proofs: this.proofs.snapshot(),
      deferred: [...this.deferred].sort((a, b) => (a < b ? -1 : 1)),
      pauses: [...this.pauses].sort((a, b) => a[0] - b[0]),
      unheard: [...this.unheard].sort((a, b) => a - b),
    };
  }

  restore({ proofs, deferred, pauses, unheard }: DoubtsState): void {
    this.proofs.restore(proofs);
    this.deferred.clear();
    for (const key of deferred) this.deferred.add(key);
    this.pauses.clear();
    for (const [order, intervals] of pauses) this.pauses.set(order, intervals);
    this.unheard.clear();
    for (const order of unheard) this.unheard.add(order);
  }
}
