// The condition that a venue is in: which orders it takes at a market, whether it knows the session's key, whether it can be
// reached, and how far from the market it lets anybody trade. Each holds for a time. It refuses; it never fills or ends an order.

import {
  mulDiv,
  parseRatio,
  parseUnits,
  type Instrument,
  type MarketIndex,
  type Millis,
  type OrderRequest,
  type Price,
  type Quantity,
  type Reason,
  type TradingStatus,
} from "../../domain/index.ts";

export type Condition =
  | { readonly do: "venue_status"; readonly status: Exclude<TradingStatus, "delisted"> }
  /** Its key, its address or its permissions are not accepted any more. */
  | { readonly do: "lose_authentication" }
  /** A firewall, a proxy or nobody answers; what was sent has arrived all the same, or not. */
  | { readonly do: "unreachable"; readonly arrives: boolean }
  /** No limit further from the last price than this share of it, decimal text. */
  | { readonly do: "price_band"; readonly share: string }
  /** No order that could take a position beyond this quantity, decimal text. */
  | { readonly do: "position_cap"; readonly quantity: string };

interface Holding {
  /** null: everywhere. */
  readonly market: MarketIndex | null;
  readonly condition: Condition;
  /** Exclusive; null: until it is changed. */
  readonly until: number | null;
}

export interface ConditionsState {
  readonly holding: readonly Holding[];
  readonly delisted: readonly number[];
}

/** What the venue says to a request. `silent`: nothing comes back. */
export type Refused = { readonly silent: false; readonly reason: Reason } | { readonly silent: true; readonly arrives: boolean };

/** What is asked of a venue beside new orders. */
export type OtherRequest = "cancel" | "amend" | "read";

const limitTypes: ReadonlySet<OrderRequest["type"]> = new Set(["limit", "stop_limit", "take_profit_limit"]);

const takes: Readonly<Record<TradingStatus, { readonly reason: Reason; order(request: OrderRequest): boolean; other(what: OtherRequest): boolean }>> =
  {
    trading: { reason: "venue_maintenance", order: () => true, other: () => true },
    post_only: { reason: "venue_post_only", order: ({ timeInForce }) => timeInForce === "PO", other: () => true },
    limit_only: { reason: "venue_limit_only", order: ({ type }) => limitTypes.has(type), other: () => true },
    cancel_only: { reason: "venue_cancel_only", order: () => false, other: (what) => what !== "amend" },
    maintenance: { reason: "venue_maintenance", order: () => false, other: (what) => what === "read" },
    delisted: { reason: "delisted", order: () => false, other: (what) => what === "read" },
  };

export class Conditions {
  private holding: Holding[] = [];
  private readonly delisted: number[] = [];

  /** From now on; one of the same kind at the same place is over with it. */
  begin(condition: Condition, market: MarketIndex | null, until: number | null): void {
    this.holding = this.holding.filter((one) => one.market !== market || one.condition.do !== condition.do);
    this.holding.push({ market, condition, until });
  }

  delist(market: MarketIndex): void {
    this.delisted.push(market);
  }

  /** @param held signed position of the order's leg. @param last the market's price now */
  refusesOrder(request: OrderRequest, instrument: Instrument, held: Quantity, last: Price, now: Millis): Refused | null {
    const door = this.atTheDoor(request.market, now) ?? this.byStatus(request.market, now, (status) => takes[status].order(request));
    if (door !== null) return door;
    for (const { condition } of this.inForce(request.market, now)) {
      const reason =
        condition.do === "price_band"
          ? outsideBand(request, condition.share, last)
          : condition.do === "position_cap"
            ? beyondCap(request, parseUnits(condition.quantity, instrument.quantityScale), held)
            : null;
      if (reason !== null) return { silent: false, reason };
    }
    return null;
  }

  refuses(what: OtherRequest, market: MarketIndex | null, now: Millis): Refused | null {
    return this.atTheDoor(market, now) ?? this.byStatus(market, now, (status) => takes[status].other(what));
  }

  private atTheDoor(market: MarketIndex | null, now: Millis): Refused | null {
    for (const { condition } of this.inForce(market, now)) {
      if (condition.do === "unreachable") return { silent: true, arrives: condition.arrives };
      if (condition.do === "lose_authentication") return { silent: false, reason: "authentication_lost" };
    }
    return null;
  }

  private byStatus(market: MarketIndex | null, now: Millis, isTaken: (status: TradingStatus) => boolean): Refused | null {
    const status = market !== null && this.delisted.includes(market) ? "delisted" : this.statusOf(market, now);
    return isTaken(status) ? null : { silent: false, reason: takes[status].reason };
  }

  private statusOf(market: MarketIndex | null, now: Millis): TradingStatus {
    // The one that began last holds.
    const last = this.inForce(market, now).findLast(({ condition }) => condition.do === "venue_status");
    return last?.condition.do === "venue_status" ? last.condition.status : "trading";
  }

  private inForce(market: MarketIndex | null, now: Millis): Holding[] {
    return this.holding.filter((one) => (one.market === null || one.market === market) && (one.until === null || now < one.until));
  }

  snapshot(): ConditionsState {
    return { holding: [...this.holding], delisted: [...this.delisted] };
  }

  restore({ holding, delisted }: ConditionsState): void {
    this.holding = [...holding];
    this.delisted.push(...delisted);
  }
}

function outsideBand({ price, trigger }: OrderRequest, share: string, last: Price): Reason | null {
  const { numerator, denominator } = parseRatio(share);
  const most = mulDiv(last, numerator, denominator, "down");
  const far = price !== null && trigger === null && Math.abs(price - last) > most;
  return far ? "price_filter" : null;
}

function beyondCap({ side, quantity, reduceOnly }: OrderRequest, most: number, held: Quantity): Reason | null {
  const after = held + (side === "buy" ? quantity : -quantity);
  return !reduceOnly && Math.abs(after) > most && Math.abs(after) > Math.abs(held) ? "leverage_tier_exceeded" : null;
}
