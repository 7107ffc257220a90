// A journal's numbers in words: symbols, decimal text, client order ids, times. Made of the header alone, so that a journal can be
// read where nothing else of its session is.

import {
  clientOrderId,
  Instrument,
  parseUnits,
  printUnits,
  type IdSpace,
  type Leg,
  type Money,
  type OrderFilled,
  type OrderNumber,
  type Price,
  type Quantity,
} from "../../domain/index.ts";
import type { JournalHeader } from "./format.ts";

/** Of a currency that is neither a market's money nor its coin. */
const otherScale = 8;

export class Words {
  declare readonly header: JournalHeader;
  declare readonly instruments: readonly Instrument[];

  constructor(header: JournalHeader) {
    this.header = header;
    this.instruments = header.markets.map(
      ({ rules, priceScale, quantityScale, moneyScale }) => new Instrument(rules, { price: priceScale, quantity: quantityScale, money: moneyScale }),
    );
  }

  instrument(market: number): Instrument {
    return this.instruments[market] as Instrument;
  }

  symbol(market: number): string {
    return this.instrument(market).symbol;
  }

  price(market: number, price: Price | null): string | null {
    return price === null ? null : printUnits(price, this.instrument(market).priceScale);
  }

  quantity(market: number, quantity: Quantity): string {
    return printUnits(quantity, this.instrument(market).quantityScale);
  }

  money(market: number, money: Money): string {
    return printUnits(money, this.instrument(market).moneyScale);
  }

  fee({ market, fee, feeCurrency }: OrderFilled): string {
    const { rules, spot, moneyScale, quantityScale } = this.instrument(market);
    const scale = feeCurrency === rules.settle ? moneyScale : spot && feeCurrency === rules.base ? quantityScale : otherScale;
    return printUnits(fee, scale);
  }

  /** Units of a price that a venue states as text, to the nearest; null for one that does not fit. */
  priceUnits(market: number, text: string): Price | null {
    const { priceScale } = this.instrument(market);
    const [whole = "0", rest = ""] = text.split(".");
    try {
      return parseUnits(rest === "" ? whole : `${whole}.${rest.slice(0, priceScale)}`.replace(/\.$/, ""), priceScale) as Price;
    } catch {
      return null;
    }
  }

  clientId(order: OrderNumber, epoch: number, leg: Leg): string {
    const space: IdSpace = { ...this.header.ids, epoch };
    return clientOrderId(space, order, leg);
  }
}

/** ISO 8601 UTC. */
export function utc(millis: number): string {
  return new Date(millis).toISOString();
}
