// The open lots of one leg as a strategy counts them, in float64: newest (deepest) rung last, sold last in first out. It
// must never stand for the ledger; money is the runner's book.

/** One fill of the ladder. Immutable, so a snapshot may share it. */
export interface DcaLot {
  readonly quantity: number;
  /** Average fill price. */
  readonly price: number;
  /** The level that fired it; the entry's own price for rung 0. The next level is measured from it. */
  readonly trigger: number;
  /** 0 for the entry, then 1, 2 … */
  readonly rung: number;
  /** Intent that bought it: further partial fills join this lot. */
  readonly intent: number;
}

/** Anything below this share of the total is float noise, not a holding. */
const noise = 1e-9;

export class Lots {
  private lots: DcaLot[] = [];
  quantity = 0;
  cost = 0;

  get count(): number {
    return this.lots.length;
  }

  get newest(): DcaLot | undefined {
    return this.lots[this.lots.length - 1];
  }

  /** Cost ÷ quantity; 0 when empty. */
  get average(): number {
    return this.quantity > 0 ? this.cost / this.quantity : 0;
  }

  /** The lot that `below` newer ones stand on; undefined when there is none. */
  fromTop(below: number): DcaLot | undefined {
    return this.lots[this.lots.length - 1 - below];
  }

  /** Adds a fill: a further part of the same intent joins its lot at the weighted price. */
  add(fill: DcaLot): void {
    const at = this.lots.findIndex((lot) => lot.intent === fill.intent);
    const known = this.lots[at];
    if (known === undefined) {
      // By rung, not by arrival: fills of one bar may be told in any order.
      const above = this.lots.findLastIndex((lot) => lot.rung <= fill.rung);
      this.lots.splice(above + 1, 0, fill);
    } else {
      const quantity = known.quantity + fill.quantity;
      const price = (known.quantity * known.price + fill.quantity * fill.price) / quantity;
      this.lots[at] = { ...known, quantity, price, trigger: known.rung === 0 ? price : known.trigger };
    }
    this.recount();
  }

  ofRung(rung: number): DcaLot | undefined {
    return this.lots.findLast((lot) => lot.rung === rung);
  }

  /**
   * Takes a quantity from the lot of an intent, and what that lot does not have from the newest. A rest below `step` could
   * never be sold alone and would bar the lots under it: it joins the lot below.
   */
  take(intent: number, quantity: number, step: number): void {
    const at = this.lots.findIndex((lot) => lot.intent === intent);
    const lot = this.lots[at];
    if (lot === undefined) {
      this.takeNewest(quantity);
      return;
    }
    const left = lot.quantity - quantity;
    if (left > lot.quantity * noise) this.lots[at] = { ...lot, quantity: left };
    else this.lots.splice(at, 1);
    if (left > lot.quantity * noise && left < step * (1 - noise)) this.joinBelow(at);
    this.recount();
    if (-left > lot.quantity * noise) this.takeNewest(-left);
  }

  /** Takes a quantity from the newest lots. */
  takeNewest(quantity: number): void {
    let left = quantity;
    const rest = this.quantity * noise;
    while (left > rest && this.lots.length > 0) {
      const top = this.lots[this.lots.length - 1] as DcaLot;
      if (top.quantity > left + rest) {
        this.lots[this.lots.length - 1] = { ...top, quantity: top.quantity - left };
        break;
      }
      left -= top.quantity;
      this.lots.pop();
    }
    this.recount();
  }

  /** Takes a quantity from every lot in proportion: the average stays. */
  takeEvenly(quantity: number): void {
    const share = this.quantity > 0 ? (this.quantity - quantity) / this.quantity : 0;
    this.lots = share > noise ? this.lots.map((lot) => ({ ...lot, quantity: lot.quantity * share })) : [];
    this.recount();
  }

  /** Joins the newest lot into the one below it. */
  mergeNewest(): void {
    const top = this.lots.pop();
    const below = this.lots.pop();
    if (top === undefined) return;
    if (below === undefined) {
      this.lots.push(top);
      return;
    }
    const quantity = below.quantity + top.quantity;
    const price = (below.quantity * below.price + top.quantity * top.price) / quantity;
    // The ladder goes on from the deeper of the two.
    this.lots.push({ ...top, quantity, price });
    this.recount();
  }

  /** The lot at a place becomes a part of the one under it; the lowest lot stays. */
  private joinBelow(at: number): void {
    const lot = this.lots[at];
    const below = this.lots[at - 1];
    if (lot === undefined || below === undefined) return;
    const quantity = below.quantity + lot.quantity;
    const price = (below.quantity * below.price + lot.quantity * lot.price) / quantity;
    this.lots.splice(at - 1, 2, { ...below, quantity, price });
  }

  clear(): void {
    this.lots = [];
    this.recount();
  }

  list(): readonly DcaLot[] {
    return this.lots.slice();
  }

  restore(lots: readonly DcaLot[]): void {
    this.lots = lots.map((lot) => ({ ...lot }));
    this.recount();
  }

  // Sums are taken anew at each change, so that adding and selling leaves no rest.
  private recount(): void {
    this.quantity = 0;
    this.cost = 0;
    for (const lot of this.lots) {
      this.quantity += lot.quantity;
      this.cost += lot.quantity * lot.price;
    }
  }
}
