// The bar that the player is at, as an upright band through all panes. It lies over the chart as an element of its own, so that a step
// does not make the chart draw a long run again.

import type { IChartApi, UTCTimestamp } from "lightweight-charts";
import { element } from "./element.ts";

/** Narrower than this it could not be seen, in CSS pixels. */
const widthMin = 3;

export class HereBand {
  private readonly band: HTMLElement = element("div", { class: "here", "aria-hidden": "true" });
  private readonly chart: IChartApi;
  private time: UTCTimestamp | null = null;

  constructor(chart: IChartApi, container: HTMLElement) {
    this.chart = chart;
    container.append(this.band);
    chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.place());
    chart.timeScale().subscribeSizeChange(() => this.place());
  }

  /** @param time null: before the first bar */
  show(time: UTCTimestamp | null): void {
    this.time = time;
    this.place();
  }

  private place(): void {
    const scale = this.chart.timeScale();
    const center = this.time === null ? null : scale.timeToCoordinate(this.time);
    const width = Math.max(scale.options().barSpacing, widthMin);
    const left = (center ?? 0) - width / 2;
    this.band.hidden = center === null || left + width < 0 || left > scale.width();
    this.band.style.left = `${Math.max(left, 0)}px`;
    this.band.style.width = `${Math.min(left + width, scale.width()) - Math.max(left, 0)}px`;
    this.band.style.bottom = `${scale.height()}px`;
  }
}
