// One line over the chart: the numbers of the candle under the pointer, or of the bar that the player is at.

import { element } from "./element.ts";
import { momentText } from "./format.ts";
import type { MarketData, PageData } from "./page-data.ts";
import { lastAtOrBefore } from "./timeline.ts";

export class Readout {
  readonly element: HTMLElement = element("p", { class: "readout" });
  private readonly view: PageData;

  constructor(view: PageData) {
    this.view = view;
  }

  show(market: MarketData, candle: number): void {
    const time = market.time[candle];
    if (time === undefined) {
      this.element.replaceChildren(element("span", { class: "quiet" }, "Before the first bar"));
      return;
    }
    const { equity } = this.view;
    const at = lastAtOrBefore(equity.time, time + market.interval);
    const values: (readonly [string, number | undefined, number | null])[] = [
      ["O", market.open[candle], market.priceDecimals],
      ["H", market.high[candle], market.priceDecimals],
      ["L", market.low[candle], market.priceDecimals],
      ["C", market.close[candle], market.priceDecimals],
      ["V", market.volume[candle], null],
      ...market.positions.map((position) => [position.leg, positionAt(position, time + market.interval - 1), null] as const),
      [`Equity ${this.view.currency}`, equity.value[at], null],
    ];
    const parts = values.flatMap(([name, value, decimals]) =>
      value === undefined ? [] : [figure(name, decimals === null ? String(value) : value.toFixed(decimals))],
    );
    this.element.replaceChildren(element("time", {}, momentText(time)), ...parts);
  }
}

function figure(name: string, value: string): HTMLElement {
  return element("span", {}, element("span", { class: "quiet" }, `${name} `), value);
}

function positionAt(position: { readonly time: readonly number[]; readonly quantity: readonly number[] }, time: number): number {
  return position.quantity[lastAtOrBefore(position.time, time)] ?? 0;
}
