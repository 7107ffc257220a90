// I-10 against the venue: when an order that increases risk leaves, what the account holds and what may still fill of the session's own
// orders there stay below the operator's cap, whatever the runner believes. What others did and nobody has told is not its doing.

import { InvariantError, type MarketIndex, type OrderRequest, type Price, type Quantity } from "../../domain/index.ts";
import type { VirtualExchange } from "../../exchange/virtual/index.ts";
import type { Runner } from "../../runner/index.ts";
import { onItsWay } from "./divergence.ts";

type Truth = Pick<VirtualExchange, "account" | "events" | "find">;
type Book = Pick<Runner, "positionOf" | "inside">;

export class ExposureLimit {
  declare private readonly venue: Truth;
  /** In the settlement currency, of one market; null: there is no cap. */
  declare private readonly most: number | null;
  /** Orders that increase risk and may be out, by number. */
  private readonly out = new Map<number, OrderRequest>();

  constructor(venue: Truth, most: number | null) {
    this.venue = venue;
    this.most = most;
  }

  /** The runner has given an order up or has seen its end; what the venue holds of it still counts. */
  over(order: number): void {
    const request = this.out.get(order);
    if (request === undefined) return;
    const found = this.venue.find(request.market, request.order);
    if (found === undefined || found.endTime >= 0) this.out.delete(order);
  }

  /** @param request a copy, of an order that leaves. @throws InvariantError I-10 */
  assertWithin(runner: Book, request: OrderRequest): void {
    if (this.most === null) return;
    const { order, market } = request;
    this.out.set(order, request);
    const position = this.venue.account.markets[market];
    if (position === undefined || this.isMoved(runner, market)) return;
    const { instrument } = position;
    const exposure = this.worst(market) as Quantity;
    const value = Math.min(...pricesOf(runner, request).map((price) => instrument.moneyNumber(instrument.notional(price, exposure))));
    if (value <= this.most) return;
    const held = `${instrument.symbol} may come to ${instrument.quantityNumber(exposure)} by order ${order}`;
    throw new InvariantError("I-10", `${held}, worth ${value}; ${this.most} are allowed`);
  }

  /** Somebody else has changed a position, and the runner has not been told of it. */
  private isMoved(runner: Book, market: MarketIndex): boolean {
    const { legs } = this.venue.account.markets[market] as Truth["account"]["markets"][number];
    return legs.some(({ leg, quantity }) => {
      const booked = runner.positionOf(market, leg);
      return booked + onItsWay(this.venue, market, leg, quantity - booked) !== quantity;
    });
  }

  /** All legs of a market together, each order filled with nothing or with all that is left of it. */
  private worst(market: MarketIndex): number {
    const { legs } = this.venue.account.markets[market] as Truth["account"]["markets"][number];
    let sum = 0;
    for (const { leg, quantity } of legs) {
      let lowest: number = quantity;
      let highest: number = quantity;
      for (const request of this.out.values()) {
        if (request.market !== market || request.leg !== leg) continue;
        const left = this.leftAtVenue(request) ?? 0;
        if (request.side === "buy") highest += left;
        else lowest -= left;
      }
      sum += Math.max(Math.abs(highest), Math.abs(lowest));
    }
    return sum;
  }

  /** What may still fill; an order that the venue does not have is on its way. null: it has ended there. */
  private leftAtVenue({ market, order, quantity }: OrderRequest): number | null {
    const found = this.venue.find(market, order);
    if (found === undefined) return quantity;
    if (found.endTime >= 0) return null;
    return found.quantity - found.filled;
  }
}

/** At which the gate may have valued it: its own, and the last close, at which a market order will fill. */
function pricesOf({ inside }: Book, { market, price, trigger }: OrderRequest): Price[] {
  const asked = price ?? trigger;
  const close = inside.core.desks[market]?.lastClose;
  return [asked, close].filter((one) => one !== null && one !== undefined);
}
