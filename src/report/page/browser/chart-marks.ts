// Marks on the candles and the legend that names them and turns each kind on and off. Every kind has a shape and a word of its own,
// so that nothing hangs on its colour.

import type { ISeriesApi, ISeriesMarkersPluginApi, SeriesMarker, SeriesMarkerPosition, SeriesMarkerShape, Time } from "lightweight-charts";
import { chartTime } from "./chart-data.ts";
import { element } from "./element.ts";
import { library } from "./library.ts";
import type { Mark, MarkKind } from "./marks.ts";
import type { MarketData } from "./page-data.ts";
import { colorOf } from "./theme.ts";

interface Look {
  readonly kinds: readonly MarkKind[];
  readonly name: string;
  /** As in the legend. */
  readonly sign: string;
  readonly shape: SeriesMarkerShape;
  /** Where the mark has a price, and where it has none. */
  readonly position: { readonly priced: SeriesMarkerPosition; readonly unpriced: SeriesMarkerPosition };
  readonly color: string;
  readonly size: number;
  readonly isOn: boolean;
}

const at = (priced: SeriesMarkerPosition, unpriced: SeriesMarkerPosition): Look["position"] => ({ priced, unpriced });

const looks: readonly Look[] = [
  { kinds: ["buy"], name: "bought", sign: "▲", shape: "arrowUp", position: at("atPriceBottom", "belowBar"), color: "buy", size: 1, isOn: true },
  { kinds: ["sell"], name: "sold", sign: "▼", shape: "arrowDown", position: at("atPriceTop", "aboveBar"), color: "sell", size: 1, isOn: true },
  {
    kinds: ["order"],
    name: "order sent",
    sign: "●",
    shape: "circle",
    position: at("atPriceMiddle", "belowBar"),
    color: "quiet",
    size: 0.4,
    isOn: true,
  },
  { kinds: ["refused"], name: "refused", sign: "■", shape: "square", position: at("atPriceMiddle", "aboveBar"), color: "bad", size: 0.8, isOn: true },
  {
    kinds: ["ambiguous"],
    name: "ambiguous bar",
    sign: "?",
    shape: "square",
    position: at("aboveBar", "aboveBar"),
    color: "doubt",
    size: 0.5,
    isOn: true,
  },
  {
    kinds: ["unprotected"],
    name: "unprotected bar",
    sign: "!",
    shape: "square",
    position: at("atPriceMiddle", "belowBar"),
    color: "warn",
    size: 0.8,
    isOn: true,
  },
  {
    kinds: ["liquidation"],
    name: "liquidated",
    sign: "✕",
    shape: "square",
    position: at("atPriceMiddle", "aboveBar"),
    color: "bad",
    size: 1,
    isOn: true,
  },
  {
    kinds: ["silence"],
    name: "back after a silence",
    sign: "↺",
    shape: "square",
    position: at("aboveBar", "aboveBar"),
    color: "warn",
    size: 0.6,
    isOn: true,
  },
  {
    kinds: ["skipped"],
    name: "skipped intent",
    sign: "○",
    shape: "circle",
    position: at("aboveBar", "aboveBar"),
    color: "faint",
    size: 0.4,
    isOn: false,
  },
];

/** From so many marks in sight on they are drawn smaller. */
const crowds: readonly (readonly [from: number, share: number])[] = [
  [1000, 0.35],
  [200, 0.6],
  [0, 1],
];
/** With more orders than these their marks are off until they are asked for: fills say where most of them were. */
const orderMarksMax = 300;
/** With more marks of a kind than this their words would cover the candles. */
const wordsMax = 60;
const wordy: readonly MarkKind[] = ["ambiguous", "unprotected", "liquidation", "silence"];

export class MarkLayer {
  readonly legend: HTMLElement = element("fieldset", { class: "legend" });
  private readonly plugin: ISeriesMarkersPluginApi<Time>;
  private readonly hidden = new Set<MarkKind>(looks.filter((look) => !look.isOn).flatMap((look) => look.kinds));
  private marks: readonly Mark[] = [];
  private market: MarketData | null = null;
  private selected: number | null = null;
  /** Index into the crowds. */
  private crowd = 0;

  constructor(series: ISeriesApi<"Candlestick">) {
    this.plugin = library.createSeriesMarkers(series, []);
  }

  show(market: MarketData, marks: readonly Mark[]): void {
    if (this.market === null && marks.filter((mark) => mark.kind === "order").length > orderMarksMax) this.hidden.add("order");
    this.market = market;
    this.marks = marks;
    this.drawLegend();
    this.draw();
  }

  /** @param part share of the run that is in sight: fewer marks may be larger */
  showPart(part: number): void {
    const crowd = crowds.findIndex(([from]) => this.marks.length * Math.min(part, 1) >= from);
    if (crowd === this.crowd) return;
    this.crowd = crowd;
    this.draw();
  }

  select(order: number | null): void {
    this.selected = order;
    this.draw();
  }

  /** The mark with this number, as the chart reports it under the pointer. */
  markOf(id: unknown): Mark | null {
    return typeof id === "string" ? (this.marks[Number(id)] ?? null) : null;
  }

  draw(): void {
    const { market } = this;
    if (market === null) return;
    const colors = new Map(looks.map((look) => [look, colorOf(look.color)]));
    const ink = colorOf("ink");
    const share = crowds[this.crowd]?.[1] ?? 1;
    const markers: SeriesMarker<Time>[] = [];
    for (const [index, mark] of this.marks.entries()) {
      const look = looks.find((candidate) => candidate.kinds.includes(mark.kind));
      if (look === undefined || this.hidden.has(mark.kind)) continue;
      const isSelected = mark.order !== null && mark.order === this.selected;
      const hasWords = (isSelected && mark.kind !== "order") || (wordy.includes(mark.kind) && this.marks.length <= wordsMax);
      const time = chartTime(market.time[mark.candle] ?? 0);
      const common = {
        time,
        shape: look.shape,
        color: isSelected ? ink : (colors.get(look) ?? ink),
        size: isSelected ? 1.25 * look.size : share * look.size,
        id: String(index),
        ...(hasWords ? { text: mark.text } : {}),
      };
      if (mark.price === null) markers.push({ ...common, position: look.position.unpriced as "aboveBar" });
      else markers.push({ ...common, position: look.position.priced as "atPriceMiddle", price: mark.price });
    }
    this.plugin.setMarkers(markers);
  }

  private drawLegend(): void {
    const entries = looks.flatMap((look) => {
      const count = this.marks.filter((mark) => look.kinds.includes(mark.kind)).length;
      return count === 0 ? [] : [this.legendEntry(look, count)];
    });
    this.legend.replaceChildren(element("legend", {}, "Marks"), ...entries);
    this.legend.hidden = entries.length === 0;
  }

  private legendEntry(look: Look, count: number): HTMLElement {
    const box = element("input", { type: "checkbox" });
    box.checked = !look.kinds.some((kind) => this.hidden.has(kind));
    box.addEventListener("change", () => {
      for (const kind of look.kinds) {
        if (box.checked) this.hidden.delete(kind);
        else this.hidden.add(kind);
      }
      this.draw();
    });
    const sign = element("span", { class: `sign ${look.color}`, "aria-hidden": "true" }, look.sign);
    return element("label", {}, box, sign, ` ${look.name} `, element("span", { class: "quiet" }, String(count)));
  }
}
