// The chart of a market, tied to where the reader is: the step's bar and its open orders are drawn, a click goes to an order or a bar.
// It must not change the run's numbers: those in words are beside it, as tables.

import type { MouseEventParams, UTCTimestamp } from "lightweight-charts";
import { Bands } from "./chart-bands.ts";
import { chartTime } from "./chart-data.ts";
import { OpenLines } from "./chart-lines.ts";
import { MarkLayer } from "./chart-marks.ts";
import { Panes } from "./chart-panes.ts";
import type { Cursor } from "./cursor.ts";
import { button, element, textButton } from "./element.ts";
import { countText, momentText } from "./format.ts";
import { marksOf, openWindows, priceAt, unheardCandles, type OpenWindow } from "./marks.ts";
import type { MarketData, PageData } from "./page-data.ts";
import { HereBand } from "./here-band.ts";
import { Readout } from "./readout.ts";
import { colorOf, onTheme } from "./theme.ts";
import { candleOfStep, lastAtOrBefore, stepOfCandle } from "./timeline.ts";

/** Candles in sight after going to a place in a long run. */
const nearCandles = 120;

export class RunChart {
  readonly element: HTMLElement;
  private readonly view: PageData;
  private readonly cursor: Cursor;
  private readonly readout: Readout;
  private readonly canvas: HTMLElement = element("div", { class: "canvas", role: "img" });
  private readonly openNote: HTMLElement = element("p", { class: "quiet note" });
  private readonly panes: Panes;
  private readonly marks: MarkLayer;
  private readonly here: HereBand;
  private readonly doubts: Bands;
  private readonly unheard: Bands;
  private market: MarketData;
  private windows: readonly OpenWindow[] = [];
  private readonly lines: OpenLines;

  /** @param player the controls that stand right under the candles */
  constructor(view: PageData, cursor: Cursor, market: MarketData, player: HTMLElement) {
    this.view = view;
    this.cursor = cursor;
    this.market = market;
    this.readout = new Readout(view);
    this.panes = new Panes(this.canvas);
    this.marks = new MarkLayer(this.panes.candles);
    this.lines = new OpenLines(this.panes.candles);
    this.here = new HereBand(this.panes.chart, this.canvas);
    this.doubts = new Bands(this.panes.chart);
    const [first] = this.panes.chart.panes();
    first?.attachPrimitive(this.doubts);
    this.unheard = new Bands(this.panes.chart);
    first?.attachPrimitive(this.unheard);
    const head = element("div", { class: "chart-head" }, this.readout.element, this.zoomButtons());
    this.element = element("div", { class: "chart" }, head, this.canvas, player, this.marks.legend, this.openNote);
    this.panes.chart.subscribeClick((event) => this.click(event));
    this.panes.chart.subscribeCrosshairMove((event) => this.hover(event));
    this.panes.chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null) this.marks.showPart((range.to - range.from) / Math.max(this.market.time.length, 1));
    });
    this.printInLight();
    cursor.listen((changed) => {
      if (changed.has("market")) this.showMarket();
      else this.showStep(true);
      if (changed.has("order")) this.marks.select(cursor.order);
    });
    onTheme(() => this.paint());
    this.showMarket();
    this.fitOnceThereIsRoom();
  }

  /** The chart is made before it stands on the page, where it has no width that anything could be fitted to. */
  private fitOnceThereIsRoom(): void {
    const scale = this.panes.chart.timeScale();
    const fit = (width: number): void => {
      if (width === 0) return;
      scale.unsubscribeSizeChange(fit);
      scale.fitContent();
    };
    scale.subscribeSizeChange(fit);
  }

  /** What is printed is a picture of the chart in the colours of paper: the chart itself would be drawn in them too late. */
  private printInLight(): void {
    let picture: HTMLCanvasElement | null = null;
    addEventListener("beforeprint", () => {
      picture = this.panes.chart.takeScreenshot();
      picture.className = "picture";
      this.canvas.after(picture);
    });
    addEventListener("afterprint", () => picture?.remove());
  }

  private showMarket(): void {
    const market = this.view.markets[this.cursor.market];
    if (market !== undefined) this.market = market;
    this.windows = openWindows(this.view, this.market);
    this.panes.show(this.view, this.market);
    this.marks.show(this.market, marksOf(this.view, this.market));
    this.canvas.setAttribute("aria-label", describe(this.market, this.view));
    this.panes.chart.timeScale().fitContent();
    this.showStep(false);
    this.showDoubts();
  }

  private paint(): void {
    this.panes.paint();
    this.lines.clear();
    this.marks.draw();
    this.showDoubts();
    this.showStep(false);
  }

  private showDoubts(): void {
    const open = [...this.view.ambiguous.bars, ...(this.view.ambiguous.envelope?.bars ?? [])].filter((bar) => bar.symbol === this.market.symbol);
    const times = new Set(open.map((bar) => chartTime(this.market.time[Math.max(lastAtOrBefore(this.market.time, bar.time), 0)] ?? 0)));
    this.doubts.show(
      [...times].sort((a, b) => a - b),
      colorOf("doubt-wash"),
    );
    this.unheard.show(unheardCandles(this.view, this.market).map(chartTime), colorOf("warn-wash"));
  }

  private showStep(follow: boolean): void {
    const step = this.view.player.steps[this.cursor.step];
    const candle = step === undefined ? -1 : candleOfStep(this.market, step);
    const moment = this.market.time[candle];
    this.here.show(moment === undefined ? null : chartTime(moment));
    this.readout.show(this.market, candle);
    this.showOpenOrders(candle, step?.time ?? Number.NEGATIVE_INFINITY);
    if (follow && moment !== undefined) this.bringIntoSight(chartTime(moment));
  }

  private showOpenOrders(candle: number, time: number): void {
    const close = this.market.close[Math.max(candle, 0)] ?? 0;
    const open = this.windows
      .filter(({ from, until }) => this.cursor.step >= from && this.cursor.step < until)
      .flatMap(({ order }) => {
        const life = this.view.orders[order];
        const price = life === undefined ? null : priceAt(life, time);
        return life === undefined || price === null ? [] : [{ order, row: life.row, price: Number(price) }];
      })
      .sort((a, b) => Math.abs(a.price - close) - Math.abs(b.price - close));
    const drawn = this.lines.show(open, this.cursor.order);
    const hidden = drawn < open.length ? `, the ${drawn} nearest to the price drawn` : "";
    this.openNote.textContent = `${countText(open.length, "order")} with a price open at ${this.market.symbol} at this step${hidden}.`;
  }

  /** Moves the chart only when the bar is out of sight, and then only as far as it must. */
  private bringIntoSight(time: UTCTimestamp): void {
    const scale = this.panes.chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    const index = scale.timeToIndex(time, true);
    if (range === null || index === null || (index >= range.from && index <= range.to)) return;
    const width = range.to - range.from;
    scale.setVisibleLogicalRange({ from: index - width / 2, to: index + width / 2 });
  }

  private zoomButtons(): HTMLElement {
    const scale = this.panes.chart.timeScale();
    const zoom = (factor: number): void => {
      const range = scale.getVisibleLogicalRange();
      if (range === null) return;
      const middle = (range.from + range.to) / 2;
      const half = Math.max(((range.to - range.from) / 2) * factor, 4);
      scale.setVisibleLogicalRange({ from: middle - half, to: middle + half });
    };
    return element(
      "div",
      { class: "controls", role: "group", "aria-label": "Zoom" },
      button("−", "Zoom out", () => zoom(2)),
      button("+", "Zoom in", () => zoom(0.5)),
      textButton("Whole run", () => scale.fitContent()),
      textButton("This step", () => this.zoomHere()),
    );
  }

  private zoomHere(): void {
    const step = this.view.player.steps[this.cursor.step];
    const candle = Math.max(step === undefined ? 0 : candleOfStep(this.market, step), 0);
    const scale = this.panes.chart.timeScale();
    const index = scale.timeToIndex(chartTime(this.market.time[candle] ?? 0), true);
    if (index !== null) scale.setVisibleLogicalRange({ from: index - nearCandles / 2, to: index + nearCandles / 2 });
  }

  /** A click on a mark shows its order; one beside the marks goes to the bar. */
  private click(event: MouseEventParams): void {
    const mark = this.marks.markOf(event.hoveredInfo?.objectId);
    if (mark !== null && mark.order !== null) this.cursor.select(mark.order, mark.step);
    else if (mark !== null && mark.step !== null) this.cursor.goTo(mark.step);
    else if (event.time !== undefined) {
      const candle = lastAtOrBefore(this.market.time, Number(event.time) * 1000);
      this.cursor.goTo(stepOfCandle(this.view, this.market, candle));
    }
  }

  private hover(event: MouseEventParams): void {
    const step = this.view.player.steps[this.cursor.step];
    if (event.time !== undefined) this.readout.show(this.market, lastAtOrBefore(this.market.time, Number(event.time) * 1000));
    else this.readout.show(this.market, step === undefined ? -1 : candleOfStep(this.market, step));
  }
}

/** What the chart shows, for those who do not see it. */
function describe(market: MarketData, view: PageData): string {
  const [from] = market.time;
  const to = market.time.at(-1);
  if (from === undefined || to === undefined) return `Chart of ${market.symbol}: no bars.`;
  let [high, low] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const value of market.high) high = Math.max(high, value);
  for (const value of market.low) low = Math.min(low, value);
  const prices = `First open ${market.open[0]}, last close ${market.close.at(-1)}, highest ${high}, lowest ${low}.`;
  const span = `${countText(market.time.length, "candle")} of ${market.timeframe} from ${momentText(from)} to ${momentText(to)} UTC`;
  return `Chart of ${market.symbol}: ${span}. ${prices} Below it position, equity and drawdown in ${view.currency}. The tables under the chart hold the same numbers.`;
}
