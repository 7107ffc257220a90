// Upright bands behind the candles: the bars that leave something open. A primitive of the chart library; it must only draw what is in
// sight.

import type { IChartApi, IPanePrimitive, IPanePrimitivePaneView, Time, UTCTimestamp } from "lightweight-charts";

type DrawTarget = Parameters<NonNullable<ReturnType<IPanePrimitivePaneView["renderer"]>>["draw"]>[0];

/** Narrower than this a band could not be seen, in CSS pixels. */
const widthMin = 2;

export class Bands implements IPanePrimitive<Time> {
  /** Ascending. */
  times: readonly UTCTimestamp[] = [];
  color = "transparent";
  private readonly chart: IChartApi;
  private readonly views: readonly IPanePrimitivePaneView[];
  private redraw: () => void = () => undefined;

  constructor(chart: IChartApi) {
    this.chart = chart;
    this.views = [{ zOrder: () => "bottom", renderer: () => ({ draw: (target) => this.draw(target) }) }];
  }

  attached({ requestUpdate }: { requestUpdate: () => void }): void {
    this.redraw = requestUpdate;
  }

  paneViews(): readonly IPanePrimitivePaneView[] {
    return this.views;
  }

  show(times: readonly UTCTimestamp[], color: string): void {
    this.times = times;
    this.color = color;
    this.redraw();
  }

  private draw(target: DrawTarget): void {
    const scale = this.chart.timeScale();
    const range = scale.getVisibleRange();
    if (range === null || this.times.length === 0) return;
    target.useBitmapCoordinateSpace(({ context, bitmapSize, horizontalPixelRatio }) => {
      const width = Math.max(scale.options().barSpacing, widthMin) * horizontalPixelRatio;
      context.fillStyle = this.color;
      for (const time of this.times) {
        if (time < Number(range.from) || time > Number(range.to)) continue;
        const center = scale.timeToCoordinate(time);
        if (center !== null)
          context.fillRect(Math.round(center * horizontalPixelRatio - width / 2), 0, Math.max(Math.round(width), 1), bitmapSize.height);
      }
    });
  }
}
