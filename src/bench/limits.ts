// The limits: the workloads written by hand as one loop over float columns, with no runner, venue, account or journal.
// They say how fast this machine's JavaScript could go, and they are an independent check of the results.

/** Prices in float64, one array a field. */
export interface FloatColumns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

export interface LimitResult {
  readonly fills: number;
  readonly orders: number;
  readonly equity: number;
  readonly maxDrawdown: number;
}

const feeRate = 0.0005;
const cash0 = 1e8;

/** W1 by hand. @param curve one equity mark a bar is written here */
export function limitW1({ open, close }: FloatColumns, curve: Float64Array): LimitResult {
  const count = close.length;
  let cash = cash0;
  let position = 0;
  let fast = close[0] as number;
  let slow = fast;
  let peak = cash0;
  let drawdown = 0;
  let side = 0;
  let target = 0;
  let waiting = false;
  let fills = 0;
  for (let bar = 0; bar < count; bar += 1) {
    if (waiting) {
      const change = target - position;
      const price = open[bar] as number;
      cash -= change * price + Math.abs(change) * price * feeRate;
      position = target;
      waiting = false;
      fills += 1;
    }
    const price = close[bar] as number;
    fast += (2 / 11) * (price - fast);
    slow += (2 / 21) * (price - slow);
    const now = fast > slow ? 1 : -1;
    if (now !== side) {
      side = now;
      if (bar >= 20) {
        target = now;
        waiting = true;
      }
    }
    const equity = cash + position * price;
    curve[bar] = equity;
    if (equity > peak) peak = equity;
    else if (peak - equity > drawdown) drawdown = peak - equity;
  }
  // What was sent at the last close has no bar to fill in.
  return { fills, orders: fills + (waiting ? 1 : 0), equity: curve[count - 1] as number, maxDrawdown: drawdown };
}

const floorCent = (x: number): number => Math.floor(x * 100) / 100;
const ceilCent = (x: number): number => Math.ceil(x * 100) / 100;

const buyLimit = 0;
const sellLimit = 1;
const sellStop = 2;

/** A table of orders in typed arrays that is scanned every bar: what W2's limit keeps instead of an exchange. */
class OrderSlots {
  readonly price = new Float64Array(64);
  readonly quantity = new Float64Array(64);
  readonly from = new Int32Array(64);
  readonly kind = new Uint8Array(64);
  readonly tag = new Uint8Array(64);
  readonly live = new Uint8Array(64);
  used = 0;
  orders = 0;

  put(kind: number, price: number, quantity: number, from: number, tag: number): number {
    let slot = 0;
    while (slot < this.used && this.live[slot] === 1) slot += 1;
    if (slot === this.used) this.used += 1;
    this.price[slot] = price;
    this.quantity[slot] = quantity;
    this.from[slot] = from;
    this.kind[slot] = kind;
    this.tag[slot] = tag;
    this.live[slot] = 1;
    this.orders += 1;
    return slot;
  }

  drop(slot: number): void {
    if (slot < 0) return;
    this.live[slot] = 0;
    while (this.used > 0 && this.live[this.used - 1] === 0) this.used -= 1;
  }

  /** The order that fills next in a bar: buys from the highest price down, then stops, then sells; -1 when none does. */
  next(bar: number, low: number, high: number): number {
    let best = -1;
    let bestClass = 3;
    let bestPrice = 0;
    for (let slot = 0; slot < this.used; slot += 1) {
      if (this.live[slot] === 0 || (this.from[slot] as number) > bar) continue;
      const kind = this.kind[slot] as number;
      const price = this.price[slot] as number;
      if (kind === sellLimit ? high < price : low > price) continue;
      const rank = kind === buyLimit ? 0 : kind === sellStop ? 1 : 2;
      if (rank > bestClass || (rank === bestClass && (rank !== 0 || price <= bestPrice))) continue;
      best = slot;
      bestClass = rank;
      bestPrice = price;
    }
    return best;
  }
}

/** W2 by hand, over a generic order table. @param curve one equity mark a bar is written here */
export function limitW2({ open, high, low, close }: FloatColumns, curve: Float64Array): LimitResult {
  const count = close.length;
  const slots = new OrderSlots();
  const rungs = new Int32Array(5).fill(-1);
  let cash = cash0;
  let position = 0;
  let cost = 0;
  let peak = cash0;
  let drawdown = 0;
  let fills = 0;
  let entry = -1;
  let takeProfit = -1;
  let stop = -1;
  let age = 0;
  let first = 0;
  for (let bar = 0; bar < count; bar += 1) {
    const bottom = low[bar] as number;
    const top = high[bar] as number;
    const start = open[bar] as number;
    for (let slot = slots.next(bar, bottom, top); slot >= 0; slot = slots.next(bar, bottom, top)) {
      const kind = slots.kind[slot] as number;
      const limit = slots.price[slot] as number;
      const quantity = slots.quantity[slot] as number;
      const tag = slots.tag[slot] as number;
      const price = kind === sellLimit ? Math.max(start, limit) : Math.min(start, limit);
      fills += 1;
      slots.drop(slot);
      if (kind === buyLimit) {
        cash -= quantity * price + quantity * price * feeRate;
        position += quantity;
        cost += quantity * price;
        if (tag === 0) {
          entry = -1;
          first = price;
          for (let rung = 0; rung < 5; rung += 1)
            rungs[rung] = slots.put(buyLimit, floorCent(price * (1 - 0.002 * (rung + 1))), 1, bar + 1, rung + 1);
        } else {
          rungs[tag - 1] = -1;
          slots.drop(takeProfit);
          slots.drop(stop);
        }
        takeProfit = slots.put(sellLimit, ceilCent((cost / position) * 1.003), position, bar + 1, 10);
        stop = slots.put(sellStop, floorCent(first * (1 - 0.015)), position, bar + 1, 11);
      } else {
        cash += quantity * price - quantity * price * feeRate;
        position = 0;
        cost = 0;
        slots.drop(kind === sellLimit ? stop : takeProfit);
        takeProfit = -1;
        stop = -1;
        for (let rung = 0; rung < 5; rung += 1) {
          slots.drop(rungs[rung] as number);
          rungs[rung] = -1;
        }
      }
    }
    const price = close[bar] as number;
    if (position === 0) {
      age += 1;
      if (entry < 0 || age >= 10) {
        slots.drop(entry);
        entry = slots.put(buyLimit, floorCent(price * (1 - 0.0005)), 1, bar + 1, 0);
        age = 0;
      }
    }
    const equity = cash + position * price;
    curve[bar] = equity;
    if (equity > peak) peak = equity;
    else if (peak - equity > drawdown) drawdown = peak - equity;
  }
  return { fills, orders: slots.orders, equity: curve[count - 1] as number, maxDrawdown: drawdown };
}
