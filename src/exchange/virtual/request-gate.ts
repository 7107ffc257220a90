// The venue's door: each request of the session counts against its limits, and beyond them it is turned away before
// anything has happened. It knows neither orders nor markets.

import { mulDiv, type Millis, type Money, type Refusal } from "../../domain/index.ts";
import type { VenueProfile } from "./profile.ts";
import { inWords, refused, type Rejection } from "./rejections.ts";
import { RequestWeights, type RequestLimits, type RequestWeightsState } from "./request-weights.ts";
import { requestKinds, type BanRule, type RequestKind, type RequestWindow } from "./request-window.ts";

/** What a scenario does to a venue's limits. */
export type LimitStep =
  /** For `lengthMs` the venue takes at most `limit` requests, of whatever kind, in each interval. */
  | {
      readonly do: "rate_limit";
      readonly limit: number;
      readonly intervalMs: number;
      readonly lengthMs: number;
      /** Requests that are forgiven although they came before the time that was named; null = as the venue does. */
      readonly forgiven: number | null;
    }
  /** For `lengthMs` it takes none. */
  | { readonly do: "ban"; readonly lengthMs: number };

export interface RequestGateState {
  readonly latest: number;
  readonly turnover: number;
  readonly weights: RequestWeightsState;
}

const noLimits: RequestLimits = { windows: [], budget: null };
const oneEach = Object.fromEntries(requestKinds.map((kind) => [kind, 1])) as RequestWindow["weights"];

export class RequestGate {
  declare private readonly rejection: Rejection;
  /** How the venue bans, or how one would that documents no bans. */
  declare private readonly ban: BanRule;
  declare private readonly bans: boolean;
  declare private readonly budgeted: boolean;
  declare private readonly weights: RequestWeights;
  /** Markets of unlike bars are told one after the other: a request is never counted before an earlier one. */
  private latest = 0;
  /** Value traded in the settlement currency, in units of its scale. */
  private turnover = 0;

  /** @param watched the profile's own limits count; else only what a scenario lays over it */
  constructor({ requests, rejections }: VenueProfile, watched: boolean) {
    this.rejection = rejections.rate_limited;
    const rule = requests?.windows.find((window) => window.ban !== null)?.ban ?? null;
    this.bans = rule !== null;
    this.ban = rule ?? { forgiven: 10, answer: refused(null, null, "DDoSProtection", 418), lengthsMs: [120_000, 720_000] };
    const limits = watched && requests !== null ? requests : noLimits;
    this.budgeted = limits.budget !== null;
    this.weights = new RequestWeights(limits);
  }

  /** @returns what the venue says instead of taking a request; null = it is taken */
  ask(kind: RequestKind, time: Millis): Refusal | null {
    if (time > this.latest) this.latest = time;
    const admission = this.weights.admit(kind, this.latest as Millis);
    if (admission.admitted) return null;
    const { answer, until, banned } = admission;
    const { code, message, ccxtClass, status } = answer;
    const words = banned && message !== null ? message.replace("%s", String(until)) : message;
    return { reason: "rate_limited", code, message: inWords(words), ccxtClass, limit: { status, until, banned } };
  }

  /** A fill's value: some venues give more requests to those who trade. @param unit units of one whole of the settlement currency */
  traded(value: Money, unit: number): void {
    if (!this.budgeted) return;
    this.turnover += value;
    this.weights.earn(mulDiv(this.turnover, 1, unit, "down"));
  }

  script(step: LimitStep, time: Millis): void {
    if (time > this.latest) this.latest = time;
    const until = (this.latest + step.lengthMs) as Millis;
    if (step.do === "ban") return this.weights.shutOut(this.ban.answer, until);
    const { limit, intervalMs } = step;
    const ban = this.bans || step.forgiven !== null ? { ...this.ban, forgiven: step.forgiven ?? this.ban.forgiven } : null;
    this.weights.layOver({ name: "scenario", limit, intervalMs, shape: "fixed", weights: oneEach, answer: this.rejection, ban }, until);
  }

  snapshot(): RequestGateState {
    return { latest: this.latest, turnover: this.turnover, weights: this.weights.snapshot() };
  }

  restore({ latest, turnover, weights }: RequestGateState): void {
    this.latest = latest;
    this.turnover = turnover;
    this.weights.restore(weights);
  }
}
