// dual-dca: a long and a short DCA leg side by side (rows 004-DS-1…8). Every ADD is an explicit intent; the legs never see
// each other. It must never place an order of its own account: all policy is in its parameters.

import { allowed, defaultBackoffPolicy, defaultExecutionPolicy, SeatrialError } from "../../domain/index.ts";
import type { BackoffPolicy, ExecutionPolicy, Leg, Permission, Reason } from "../../domain/index.ts";
import type { Context, FillView, IntentView, Strategy, StrategyDefinition } from "../contract.ts";
import { DcaLeg, type LegState } from "./dca-leg.ts";
import { checkDcaParams, dcaDefaults, type DcaParams } from "./dca-params.ts";

/** Plain JSON of both legs; null for a leg that does not trade, or that the snapshot leaves alone. */
export interface DualDcaState {
  readonly long: LegState | null;
  readonly short: LegState | null;
}

const refused: Permission = { allowed: false, reason: "strategy_cannot_submit" };
const belowFloor: Permission = { allowed: false, reason: "strategy_cannot_close" };

export class DualDca implements Strategy<DualDcaState> {
  readonly name = "dual-dca";
  declare readonly policy: ExecutionPolicy;
  declare readonly backoff: BackoffPolicy;
  declare private readonly params: DcaParams;
  declare private readonly long: DcaLeg | null;
  declare private readonly short: DcaLeg | null;
  /** The leg whose turn it is to ask; null between turns. */
  private turn: "LONG" | "SHORT" | null = null;

  constructor(params: DcaParams) {
    this.params = params;
    this.long = params.sides === "short" ? null : new DcaLeg("LONG", params);
    this.short = params.sides === "long" ? null : new DcaLeg("SHORT", params);
    this.policy = policyOf(params);
    this.backoff = { ...defaultBackoffPolicy, ...params.backoff };
  }

  /** @throws SeatrialError `bad_parameter` when both legs are wanted on a one-way account, where they would net */
  setup(ctx: Context): void {
    if (ctx.hedge || this.params.sides !== "both") return;
    throw new SeatrialError({
      code: "bad_parameter",
      reason: "dual-dca: sides both needs hedge mode; in one-way mode the legs would net",
      hint: 'set sides to "long" or "short", or the position mode to hedge',
    });
  }

  /** Nothing to learn from warm-up bars: the ladder starts from a fill. */
  onWarmup(): void {}

  onBar(ctx: Context): void {
    const decide = !this.params.evenBarsOnly || ctx.bar % 2 === 0;
    this.turn = "LONG";
    this.long?.onBar(ctx, decide);
    this.turn = "SHORT";
    this.short?.onBar(ctx, decide);
    this.turn = null;
  }

  onFill(ctx: Context, fill: FillView): void {
    this.turn = fill.side;
    this.legOf(fill.side)?.onFill(ctx, fill);
    this.turn = null;
  }

  onRejected(ctx: Context, intent: IntentView, _reason: Reason, restored: boolean): void {
    this.legOf(intent.side)?.onEnded(intent.intent);
    // The snapshot that was put back is older than what the leg has asked for since.
    if (restored) this.legOf(intent.side)?.resync(ctx);
  }

  onCanceled(_ctx: Context, intent: IntentView): void {
    this.legOf(intent.side)?.onEnded(intent.intent);
  }

  onExternalChange(ctx: Context, leg: Leg, quantity: number): void {
    if (leg !== "SHORT") this.long?.adopt(ctx, leg === "LONG" ? Math.abs(quantity) : Math.max(quantity, 0));
    if (leg !== "LONG") this.short?.adopt(ctx, leg === "SHORT" ? Math.abs(quantity) : Math.max(-quantity, 0));
  }

  canSubmit(ctx: Context, intent: IntentView): Permission {
    return this.legOf(intent.side)?.withinRate(ctx.now) === true ? allowed : refused;
  }

  canClose(ctx: Context, intent: IntentView): Permission {
    return this.legOf(intent.side)?.keepsFloor(ctx, intent) === false ? belowFloor : allowed;
  }

  setBrokerMinimum(_symbol: string, floor: number): void {
    if (this.long !== null) this.long.brokerMinimum = floor;
    if (this.short !== null) this.short.brokerMinimum = floor;
  }

  /** Of both legs; of one alone while it asks, so that an order that fails rolls back its own leg and never the other's trailing extreme. */
  snapshot(): DualDcaState {
    const of = (leg: DcaLeg | null) => (leg === null || (this.turn !== null && this.turn !== leg.side) ? null : leg.snapshot());
    return { long: of(this.long), short: of(this.short) };
  }

  restore(state: DualDcaState): void {
    if (state.long !== null) this.long?.restore(state.long);
    if (state.short !== null) this.short?.restore(state.short);
  }

  private legOf(side: "LONG" | "SHORT"): DcaLeg | null {
    return side === "LONG" ? this.long : this.short;
  }
}

function policyOf(params: DcaParams): ExecutionPolicy {
  const resting = params.ladder === "resting";
  return {
    ...defaultExecutionPolicy,
    families: {
      entry: { orderType: params.entryOrderType, postOnly: params.entryPostOnly, timeToLiveMs: params.limitTimeToLive },
      dca: resting ? { orderType: "limit", postOnly: true } : { orderType: params.dcaOrderType, postOnly: false },
      tp: { orderType: resting ? "limit" : "market", postOnly: false },
      partial: { orderType: "limit", postOnly: false, timeToLiveMs: params.limitTimeToLive },
    },
    dcaOrderType: resting ? "limit" : params.dcaOrderType,
    // A rung that makes room for a nearer one is out until its cancel is confirmed.
    maxPendingAdds: resting ? Math.min(params.restingRungs, params.maxFillsPerBar) + 1 : params.maxFillsPerBar,
    maxEntrySlipBp: params.maxEntrySlipBp,
  };
}

export const dualDca: StrategyDefinition<DcaParams> = {
  name: "dual-dca",
  defaults: dcaDefaults,
  check: checkDcaParams,
  create: (params) => new DualDca(params),
};
