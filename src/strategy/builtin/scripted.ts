// scripted: a strategy that is a list of actions at bars and in answer to fills, to test an order flow without a strategy.
// It must never act on its own: what is not in the list does not happen.

import { allowed, defaultBackoffPolicy, defaultExecutionPolicy, routePolicyChecks } from "../../domain/index.ts";
import type { BackoffPolicy, ExecutionPolicy, Family, FamilyPolicy, OrderIntent, Permission, Reason } from "../../domain/index.ts";
import type { Context, FillView, IntentView, Strategy, StrategyDefinition } from "../contract.ts";
import { checkActions, checkRecord, checkRefusals, type ScriptedAction, type ScriptedCause, type ScriptedRefusal } from "./scripted-actions.ts";

export type ScriptedParams = {
  readonly actions: readonly ScriptedAction[];
  /** Laid over the default policy. */
  readonly policy: Partial<ExecutionPolicy>;
  /** Laid over the default backoff. */
  readonly backoff: Partial<BackoffPolicy>;
  /** Ranges of bars in which canSubmit or canClose says no. */
  readonly refuse: readonly ScriptedRefusal[];
  /** Bars that only warm up; actions on them are refused with `warm_up`. @defaultValue 0 */
  readonly warmup: number;
};

/** Plain JSON: where the script stands. */
export interface ScriptedState {
  /** Actions at bars that are behind us. */
  readonly next: number;
  /** Numbers of actions with a cause that have acted. */
  readonly acted: readonly number[];
  /** Intent of each named action, in the order in which they were asked for. */
  readonly names: readonly (readonly [id: string, intent: number])[];
}

/** An action with its place in the script. */
interface Line {
  readonly at: number;
  readonly action: ScriptedAction;
}

export class Scripted implements Strategy<ScriptedState> {
  readonly name = "scripted";
  declare readonly policy: ExecutionPolicy;
  declare readonly backoff: BackoffPolicy;
  declare readonly warmup: number;
  declare private readonly params: ScriptedParams;
  /** Actions at bars, earliest first; those of one bar in the order of the script. */
  private timed: readonly ScriptedAction[] = [];
  private onFills: readonly Line[] = [];
  private onRejects: readonly Line[] = [];
  private next = 0;
  private acted = new Set<number>();
  private names = new Map<string, number>();
  /** The same names, not rolled back: an order that failed may still be the cause of an action, or be on its way. */
  private readonly asked = new Map<string, number>();

  constructor(params: ScriptedParams) {
    this.params = params;
    this.policy = { ...defaultExecutionPolicy, ...params.policy };
    this.backoff = { ...defaultBackoffPolicy, ...params.backoff };
    this.warmup = params.warmup;
  }

  setup(ctx: Context): void {
    const lines = this.params.actions.map((action, at) => ({ at, action })).filter(({ action }) => (action.symbol ?? ctx.symbol) === ctx.symbol);
    this.timed = lines
      .filter(({ action }) => action.bar !== undefined)
      .sort((a, b) => (a.action.bar ?? 0) - (b.action.bar ?? 0) || a.at - b.at)
      .map(({ action }) => action);
    this.onFills = lines.filter(({ action }) => action.onFill !== undefined);
    this.onRejects = lines.filter(({ action }) => action.onReject !== undefined);
  }

  onWarmup(ctx: Context): void {
    this.onBar(ctx);
  }

  onBar(ctx: Context): void {
    for (;;) {
      const action = this.timed[this.next];
      if (action === undefined || (action.bar ?? 0) > ctx.bar) return;
      // Before the call: a rollback must not make the script say the same line again.
      this.next += 1;
      if (action.bar === ctx.bar) this.act(ctx, action, 0);
    }
  }

  onFill(ctx: Context, fill: FillView): void {
    for (const line of this.onFills) {
      const cause = line.action.onFill ?? {};
      if (cause.complete === true && !fill.complete) continue;
      if (this.isDue(line, cause, fill)) this.actOnce(ctx, line, fill.quantity);
    }
  }

  onRejected(ctx: Context, intent: IntentView): void {
    for (const line of this.onRejects) if (this.isDue(line, line.action.onReject ?? {}, intent)) this.actOnce(ctx, line, 0);
  }

  /** A position that changed outside is the script's business only through its own actions. */
  onExternalChange(): void {}

  /** The script sizes its orders itself. */
  setBrokerMinimum(): void {}

  canSubmit(ctx: Context): Permission {
    return this.permission(ctx, "entries", "strategy_cannot_submit");
  }

  canClose(ctx: Context): Permission {
    return this.permission(ctx, "closes", "strategy_cannot_close");
  }

  snapshot(): ScriptedState {
    return { next: this.next, acted: [...this.acted].sort((a, b) => a - b), names: [...this.names] };
  }

  restore(state: ScriptedState): void {
    this.next = state.next;
    this.acted = new Set(state.acted);
    this.names = new Map(state.names);
  }

  private permission(ctx: Context, what: ScriptedRefusal["what"], fallback: Reason): Permission {
    const refusal = this.params.refuse.find((range) => range.what === what && ctx.bar >= range.from && ctx.bar <= range.to);
    return refusal === undefined ? allowed : { allowed: false, reason: refusal.reason ?? fallback };
  }

  private isDue(line: Line, cause: ScriptedCause, of: { readonly intent: number; readonly family: Family }): boolean {
    if (cause.every !== true && this.acted.has(line.at)) return false;
    if (cause.family !== undefined && cause.family !== of.family) return false;
    return cause.id === undefined || this.intentOfName(cause.id) === of.intent;
  }

  private intentOfName(id: string): number | undefined {
    return this.asked.get(id) ?? this.names.get(id);
  }

  private actOnce(ctx: Context, line: Line, filled: number): void {
    this.acted.add(line.at);
    this.act(ctx, line.action, filled);
  }

  private act(ctx: Context, action: ScriptedAction, filled: number): void {
    if (action.do === "cancel" || action.do === "amend") {
      const intent = this.intentOfName(action.target ?? "");
      if (intent === undefined) return;
      if (action.do === "cancel") ctx.cancel(intent);
      else ctx.amend(intent, changeOf(ctx, action));
      return;
    }
    const intent = ctx[action.do](this.intentOf(ctx, action, filled));
    if (action.id === undefined) return;
    this.names.set(action.id, intent);
    this.asked.set(action.id, intent);
  }

  private intentOf(ctx: Context, action: ScriptedAction, filled: number): OrderIntent {
    const { type, pricePercent, triggerPercent, replaces, parent, oco, goodFor, waitFor, price, trigger, ...rest } = action.order ?? {};
    const named = (id: string | undefined) => (id === undefined ? undefined : (this.intentOfName(id) ?? 0));
    return {
      ...rest,
      side: action.leg ?? "LONG",
      quantity: action.quantity === "filled" ? filled : action.quantity,
      fraction: action.fraction,
      notional: action.notional,
      orderType: type,
      price: price ?? fromClose(ctx, pricePercent),
      trigger: trigger ?? fromClose(ctx, triggerPercent),
      replaces: replaces === undefined ? undefined : this.intentOfName(replaces),
      parent: named(parent),
      oco: named(oco),
      goodTill: goodFor === undefined ? undefined : ctx.now + goodFor,
      goodAfter: waitFor === undefined ? undefined : ctx.now + waitFor,
      reason: rest.reason ?? "scripted",
      tag: rest.tag ?? action.id,
    };
  }
}

function changeOf(ctx: Context, action: ScriptedAction): { price?: number; trigger?: number; quantity?: number } {
  const price = action.order?.price ?? fromClose(ctx, action.order?.pricePercent);
  const trigger = action.order?.trigger ?? fromClose(ctx, action.order?.triggerPercent);
  return {
    ...(price === undefined ? {} : { price }),
    ...(trigger === undefined ? {} : { trigger }),
    ...(typeof action.quantity === "number" ? { quantity: action.quantity } : {}),
  };
}

function fromClose(ctx: Context, percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : ctx.bars.close * (1 + percent / 100);
}

const flag = (value: unknown) => (typeof value === "boolean" ? null : "must be true or false");
const count = (value: unknown) => (Number.isInteger(value) && (value as number) >= 0 ? null : "must be a whole number, 0 or more");
const amount = (value: unknown) => (typeof value === "number" && value >= 0 ? null : "must be a number, 0 or more");
const amountOrNull = (value: unknown) => (value === null ? null : amount(value));
const word = (...words: readonly (string | null)[]) => {
  return (value: unknown) => (words.includes(value as string) ? null : `must be one of ${words.join(", ")}`);
};
const object = () => null;
const route = word("plain", "limit-patience", "twap", "auto");

const policyKeys: Readonly<Record<keyof ExecutionPolicy, (value: unknown) => string | null>> = {
  families: object,
  fallback: object,
  sizing: word("explicit", "delegate_notional"),
  notional: amountOrNull,
  dcaOrderType: word("market", "limit", null),
  maxPendingAdds: count,
  lateAcceptance: word("cancel", "adopt"),
  maxEntrySlipBp: amount,
  route,
  routing: object,
};
const familyKeys: Readonly<Record<keyof FamilyPolicy, (value: unknown) => string | null>> = {
  orderType: word("market", "limit", "stop_market", "stop_limit", "take_profit_market", "take_profit_limit", "trailing_stop", "market_on_close"),
  postOnly: flag,
  timeToLiveMs: amountOrNull,
  offsetTicks: (value) => (Number.isInteger(value) ? null : "must be a whole number"),
  protection: (value) => (value === "venue" ? null : 'must be "venue": the runner watches no orders in this version'),
  route,
};
const familyNames: Readonly<Record<Family, () => null>> = {
  entry: object,
  dca: object,
  tp: object,
  sl: object,
  partial: object,
  close: object,
  revert: object,
  liquidation: object,
  operator: object,
};
const backoffKeys: Readonly<Record<keyof BackoffPolicy, (value: unknown) => string | null>> = {
  maxFailures: (value) => (Number.isInteger(value) && (value as number) >= 1 ? null : "must be a whole number of at least 1"),
  cooldownMs: amount,
  mode: word("fixed", "exponential"),
  capMs: amount,
  perFamily: flag,
};

function checkPolicy(policy: Readonly<Record<string, unknown>>): { key: string; problem: string } | null {
  const shape = checkRecord(policy, "policy", policyKeys, []);
  if (shape !== null) return shape;
  const fallback = policy["fallback"];
  const fallbackProblem =
    fallback === undefined ? null : checkRecord(fallback, "policy.fallback", { onReject: flag, onTimeout: flag }, ["onReject", "onTimeout"]);
  const routing = policy["routing"];
  const problemSoFar = fallbackProblem ?? (routing === undefined ? null : checkRecord(routing, "policy.routing", routePolicyChecks, []));
  if (problemSoFar !== null || policy["families"] === undefined) return problemSoFar;
  const names = checkRecord(policy["families"], "policy.families", familyNames, []);
  if (names !== null) return names;
  for (const [family, rules] of Object.entries(policy["families"] as object)) {
    const problem = checkRecord(rules, `policy.families.${family}`, familyKeys, []);
    if (problem !== null) return problem;
  }
  return null;
}

export const scripted: StrategyDefinition<ScriptedParams> = {
  name: "scripted",
  defaults: { actions: [], policy: {}, backoff: {}, refuse: [], warmup: 0 },
  check: (params) =>
    checkActions(params.actions) ??
    checkPolicy(params.policy) ??
    checkRecord(params.backoff, "backoff", backoffKeys, []) ??
    checkRefusals(params.refuse) ??
    (count(params.warmup) === null ? null : { key: "warmup", problem: "must be a whole number, 0 or more" }),
  create: (params) => new Scripted(params),
};
