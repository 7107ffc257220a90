// The panes of the chart and their looks: candles and volume, position, equity, drawdown on one axis of time. It holds no data
// between calls and must not know the player.

import type { DeepPartial, IChartApi, ISeriesApi, ITextWatermarkPluginApi, Time, TimeChartOptions } from "lightweight-charts";
import { candlesOf, equityLines, positionLine, volumesOf } from "./chart-data.ts";
import { momentText } from "./format.ts";
import { library } from "./library.ts";
import type { MarketData, PageData } from "./page-data.ts";
import { colorOf } from "./theme.ts";

type Line = ISeriesApi<"Line">;

/** Shares of the height. */
const shares: readonly number[] = [6, 1.3, 1.7, 1.3];
const legColors: Readonly<Record<string, string>> = { LONG: "buy", SHORT: "sell", NET: "accent" };
/** The lines of a low pane begin below its title. */
const underTitle = { top: 0.32, bottom: 0.08 } as const;
const quietSeries = { lastValueVisible: false, priceLineVisible: false } as const;

export class Panes {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<"Candlestick">;
  private readonly volume: ISeriesApi<"Histogram">;
  private readonly equity: Line;
  private readonly drawdown: ISeriesApi<"Baseline">;
  private positions: { readonly line: Line; readonly leg: string }[] = [];
  private readonly titles: ITextWatermarkPluginApi<Time>[] = [];
  private names: readonly string[] = [];

  constructor(container: HTMLElement) {
    this.chart = library.createChart(container, { autoSize: true, ...baseOptions });
    this.candles = this.chart.addSeries(library.CandlestickSeries, quietSeries, 0);
    this.volume = this.chart.addSeries(library.HistogramSeries, { ...quietSeries, priceScaleId: "volume", priceFormat: { type: "volume" } }, 0);
    this.volume.priceScale().applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
    this.candles.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.16 } });
    // The pane of the position exists before its lines, which change with the market.
    this.chart.addPane(true);
    this.equity = this.chart.addSeries(library.LineSeries, { ...quietSeries, lineWidth: 2 }, 2);
    this.drawdown = this.chart.addSeries(library.BaselineSeries, { ...quietSeries, lineWidth: 1, baseValue: { type: "price", price: 0 } }, 3);
    for (const line of [this.equity, this.drawdown]) line.priceScale().applyOptions({ scaleMargins: underTitle });
    for (const [index, pane] of this.chart.panes().entries()) {
      pane.setStretchFactor(shares[index] ?? 1);
      this.titles.push(library.createTextWatermark(pane, { horzAlign: "left", vertAlign: "top", lines: [] }));
    }
  }

  show(view: PageData, market: MarketData): void {
    const minMove = 10 ** -market.priceDecimals;
    this.candles.applyOptions({ priceFormat: { type: "price", precision: market.priceDecimals, minMove } });
    this.candles.setData(candlesOf(market));
    this.volume.setData(volumesOf(market));
    for (const { line } of this.positions) this.chart.removeSeries(line);
    this.positions = market.positions.map((position) => {
      const line = this.chart.addSeries(library.LineSeries, { ...quietSeries, lineType: library.LineType.WithSteps, lineWidth: 2 }, 1);
      line.applyOptions({ priceFormat: { type: "price", precision: market.quantityDecimals, minMove: 10 ** -market.quantityDecimals } });
      line.setData(positionLine(market, position));
      line.priceScale().applyOptions({ scaleMargins: underTitle });
      return { line, leg: position.leg };
    });
    const { value, drawdown } = equityLines(market, view.equity);
    this.equity.setData(value);
    this.drawdown.setData(drawdown);
    const legs = market.positions.map((position) => position.leg).join(", ");
    this.names = [
      `${market.symbol} · ${market.timeframe} · UTC`,
      legs === "" ? "Position: none" : `Position ${legs}`,
      `Equity ${view.currency}`,
      `Drawdown ${view.currency}`,
    ];
    this.paint();
  }

  /** Takes the colours of the style sheet, which change with the theme. */
  paint(): void {
    const [ink, quiet, faint, rule, paper] = ["ink", "quiet", "faint", "rule", "paper"].map(colorOf) as [string, string, string, string, string];
    this.chart.applyOptions(themeOptions(ink, quiet, rule));
    // Hollow when it rose, filled when it fell: no colour is needed to tell.
    this.candles.applyOptions({
      upColor: paper,
      downColor: quiet,
      borderUpColor: quiet,
      borderDownColor: quiet,
      wickUpColor: quiet,
      wickDownColor: quiet,
    });
    this.volume.applyOptions({ color: colorOf("shade") });
    this.equity.applyOptions({ color: colorOf("accent") });
    const bad = colorOf("bad");
    const wash = colorOf("bad-wash");
    this.drawdown.applyOptions({
      bottomLineColor: bad,
      bottomFillColor1: wash,
      bottomFillColor2: wash,
      topLineColor: faint,
      topFillColor1: paper,
      topFillColor2: paper,
    });
    for (const { line, leg } of this.positions)
      line.applyOptions({
        color: colorOf(legColors[leg] ?? "accent"),
        lineStyle: leg === "SHORT" ? library.LineStyle.Dashed : library.LineStyle.Solid,
      });
    for (const [index, title] of this.titles.entries()) {
      title.applyOptions({ lines: titleLines(` ${this.names[index] ?? ""}`, quiet) });
    }
  }
}

/** An empty line before it keeps the title off the border. */
function titleLines(text: string, color: string): { text: string; color: string; fontSize: number; lineHeight: number; fontFamily: string }[] {
  const line = { color, fontSize: 11, fontFamily: fontFamily() };
  return [
    { ...line, text: " ", lineHeight: 6 },
    { ...line, text, lineHeight: 14 },
  ];
}

function fontFamily(): string {
  return getComputedStyle(document.body).fontFamily;
}

const baseOptions: DeepPartial<TimeChartOptions> = {
  // The library's logo brings a style of its own, which the page's policy refuses; the footer names the library instead.
  layout: { attributionLogo: false },
  timeScale: { timeVisible: true, secondsVisible: false, minBarSpacing: 0.002, rightOffset: 2 },
  rightPriceScale: { minimumWidth: 64 },
  localization: { locale: "en-GB", timeFormatter: (time: Time) => momentText(Number(time) * 1000) },
  crosshair: { mode: 0 },
  // A page scrolls under the finger; the chart answers to sideways moves and to pinching.
  handleScroll: { vertTouchDrag: false, mouseWheel: false },
  handleScale: { mouseWheel: false },
};

function themeOptions(ink: string, quiet: string, rule: string): DeepPartial<TimeChartOptions> {
  return {
    layout: {
      background: { color: "transparent" },
      textColor: quiet,
      fontSize: 11,
      fontFamily: fontFamily(),
      panes: { separatorColor: rule, separatorHoverColor: rule, enableResize: true },
    },
    grid: { vertLines: { color: "transparent" }, horzLines: { color: rule } },
    crosshair: { vertLine: { color: quiet, labelBackgroundColor: ink }, horzLine: { color: quiet, labelBackgroundColor: ink } },
    rightPriceScale: { borderColor: rule },
    timeScale: { borderColor: rule },
  };
}
