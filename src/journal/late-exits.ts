// Exits that a strategy sent in answer to a fill and that were not live yet in the fill's own bar: what was asked for, from
// which fill on, and what other orders closed meanwhile. Collects facts of the tape; what the bars did to them is judged elsewhere.

import {
  isRiskIncrease,
  type AmendOrder,
  type Leg,
  type OrderFilled,
  type OrderNumber,
  type OrderRequest,
  type Price,
  type Quantity,
  type Side,
} from "../domain/index.ts";

/** An exit as it was asked for in answer to a fill that enlarged the position. */
export interface LateExit {
  readonly market: number;
  readonly leg: Leg;
  readonly side: Side;
  readonly exit: "stop" | "take_profit";
  readonly quantity: Quantity;
  /** Trigger of a stop, price of a take-profit. */
  readonly price: Price;
  /** Venue time and price of the fill that it answers. */
  readonly time: number;
  readonly from: Price;
  /** From when on it was live; Infinity when the bars ended before. */
  readonly live: number;
  /** When it was taken back or changed before; Infinity when it was not. */
  readonly until: number;
  /** What other orders closed of the leg between the fill and `live`. */
  readonly closed: number;
  /** Whether a take-profit was among them: one of the size from before the fill. */
  readonly staleTarget: boolean;
}

/** When a request that leaves in a row of a market's bars, at a moment, is live at the venue: epoch ms, or Infinity. */
export type LiveTime = (market: number, order: OrderNumber, bar: number, moment: number) => number;

/** What has happened to one leg of a market. */
interface LegLog {
  /** The last fill that enlarged it: venue time and price, the row in which the runner heard of it, and the moment. */
  readonly time: number;
  readonly price: Price;
  readonly heard: number;
  readonly heardAt: number;
  /** Reductions before it. */
  readonly first: number;
  readonly reductions: Reduction[];
}

interface Reduction {
  readonly time: number;
  readonly quantity: Quantity;
  readonly target: boolean;
}

interface Draft {
  readonly exit: Omit<LateExit, "until" | "closed" | "staleTarget">;
  readonly log: LegLog;
  until: number;
}

export class LateExits {
  declare private readonly liveTime: LiveTime;
  private readonly drafts: Draft[] = [];
  private readonly logs = new Map<string, LegLog>();
  /** The newest draft of each order. */
  private readonly newest = new Map<number, Draft>();

  constructor(liveTime: LiveTime) {
    this.liveTime = liveTime;
  }

  /** @param heard row of the bar in which the runner heard of it. @param heardAt the moment of that */
  filled({ market, time, price, quantity }: OrderFilled, { leg, family }: OrderRequest, heard: number, heardAt: number): void {
    const key = `${market}/${leg}`;
    const log = this.logs.get(key);
    if (!isRiskIncrease(family)) log?.reductions.push({ time, quantity, target: family === "tp" });
    else {
      const reductions = log?.reductions ?? [];
      this.logs.set(key, { time, price, heard, heardAt, first: reductions.length, reductions });
    }
  }

  /** An order leaves. Children of an entry wait at the venue and act in the rest of its bar: they are never late. */
  sent(request: OrderRequest, bar: number, moment: number): void {
    const { family, trigger, terms } = request;
    if ((family !== "sl" && family !== "tp") || (terms !== null && terms.parent !== null)) return;
    const price = family === "sl" ? trigger : (request.price ?? trigger);
    if (price === null) return;
    const { market, leg, side, quantity } = request;
    const log = this.logs.get(`${market}/${leg}`);
    // An answer is sent in the moment in which the fill is heard of; what is decided at a bar's close is late for nothing.
    if (log === undefined || log.heard !== bar || log.heardAt !== moment) return;
    const exit = family === "sl" ? "stop" : "take_profit";
    const draft: Draft = {
      exit: { market, leg, side, exit, quantity, price, time: log.time, from: log.price, live: this.liveTime(market, request.order, bar, moment) },
      log,
      until: Number.POSITIVE_INFINITY,
    };
    this.canceled(request.order, moment);
    this.drafts.push(draft);
    this.newest.set(request.order, draft);
  }

  /** A cancel leaves. */
  canceled(order: number, moment: number): void {
    const draft = this.newest.get(order);
    if (draft !== undefined && moment < draft.until) draft.until = moment;
  }

  /** An amendment leaves: the order as it will be. */
  amended({ price, trigger, quantity }: AmendOrder, request: OrderRequest, bar: number, moment: number): void {
    const wanted = { price: price ?? request.price, trigger: trigger ?? request.trigger, quantity: quantity ?? request.quantity };
    this.sent({ ...request, ...wanted }, bar, moment);
  }

  /** In the order in which they were sent. */
  list(): LateExit[] {
    return this.drafts.map(({ exit, log, until }) => {
      let closed = 0;
      let staleTarget = false;
      for (let at = log.first; at < log.reductions.length; at += 1) {
        const { time, quantity, target } = log.reductions[at] as Reduction;
        if (time >= exit.live) break;
        closed += quantity;
        staleTarget ||= target;
      }
      return { ...exit, until, closed, staleTarget };
    });
  }
}
