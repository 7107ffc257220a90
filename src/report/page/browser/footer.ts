// The foot of the page: what it does not know, and whose chart library it carries.

import { details, element } from "./element.ts";
import type { NoticeData, PageData } from "./page-data.ts";

const limits: readonly string[] = [
  "A bar says where prices opened, turned and closed, not in what order they got there, and nothing about the book. Where that mattered, “What the bars leave open” says so.",
  "Fills are those of a model: its settings are under “What this run was made of”. A live order meets queues, other traders and outages that no bar holds.",
  "Tables hold the journal's exact decimals. The chart draws pixels; where candles are coarser than the run's bars, its title gives their timeframe.",
  "A result in simulation is no promise of one with money.",
];

export function footer(view: PageData, notice: NoticeData): HTMLElement {
  const [name = "", ...rest] = notice.attribution;
  const link = element("a", { href: "https://www.tradingview.com/", rel: "noreferrer" }, "https://www.tradingview.com/");
  return element(
    "footer",
    {},
    element("h2", {}, "What this page does not know"),
    element("ul", {}, ...limits.map((limit) => element("li", {}, limit))),
    element(
      "p",
      { class: "quiet" },
      `Made by Seatrial ${view.manifest.versions.seatrial}. The page holds all of its data and asks for nothing from anywhere.`,
    ),
    element("p", { class: "quiet" }, `Charts: ${[name, ...rest].join(" · ")} · `, link),
    details("Licence of the chart library", () => element("pre", { tabindex: "0" }, notice.licence)),
  );
}
