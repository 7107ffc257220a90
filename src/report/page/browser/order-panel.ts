// The whole life of the order that is looked at, from the wish to its end, as a list in time. It tells what the journal has and adds
// nothing to it.

import type { Cursor } from "./cursor.ts";
import { badge, button, code, element, facts } from "./element.ts";
import { momentText, orDash, sideText, wordsOf } from "./format.ts";
import type { OrderData, PageData, StageData } from "./page-data.ts";

/** Signs of the stages, so that the way of an order can be seen at a glance. */
const stageSigns: Readonly<Record<string, string>> = {
  intent: "◇",
  gate: "✓",
  normalised: "≈",
  request: "→",
  acknowledged: "←",
  rejected: "✕",
  unknown: "?",
  amended: "≈",
  triggered: "⚑",
  fill: "●",
  cancel_requested: "→",
  cancel_refused: "✕",
  voided: "✕",
  silence: "↺",
  ended: "■",
  ledger: "Σ",
};

/** How a status looks; the word is always beside it. */
export function statusBadge(status: string): HTMLElement {
  const kinds: Readonly<Record<string, string>> = { FILLED: "good", REJECTED: "bad", NEVER_ARRIVED: "bad", UNKNOWN: "doubt", QUARANTINED: "doubt" };
  return badge(kinds[status] ?? "plain", status);
}

export class OrderPanel {
  readonly element: HTMLElement;
  private readonly view: PageData;
  private readonly cursor: Cursor;
  private readonly title: HTMLElement = element("h3", { id: "order-title", tabindex: "-1" });
  private readonly body: HTMLElement = element("div");

  constructor(view: PageData, cursor: Cursor) {
    this.view = view;
    this.cursor = cursor;
    this.element = element("section", { class: "panel order", "aria-labelledby": "order-title" }, this.title, this.body);
    cursor.listen((changed) => {
      if (changed.has("order")) this.show();
      else if (changed.has("step")) this.markStage();
    });
    this.show();
  }

  /** For a reader who asked for an order from somewhere else on the page. */
  focus(): void {
    this.title.focus();
  }

  private show(): void {
    const { order } = this.cursor;
    const life = order === null ? undefined : this.view.orders[order];
    if (life === undefined || order === null) {
      this.title.textContent = "Order";
      const text =
        this.view.orders.length === 0 ? "This run sent no order." : "Choose an order: a mark on the chart, a row of the table, or the keys J and K.";
      this.body.replaceChildren(element("p", { class: "quiet" }, text));
      return;
    }
    const { row } = life;
    this.title.textContent = `Order ${order + 1} of ${this.view.orders.length}`;
    const line = element(
      "p",
      { class: "line" },
      element("strong", {}, `${sideText(row.side)} ${row.quantity} ${row.symbol}`),
      statusBadge(row.status),
      code(row.reason),
    );
    this.body.replaceChildren(line, orderFacts(life), this.timeline(life));
    this.markStage();
  }

  private timeline(life: OrderData): HTMLElement {
    return element("ol", { class: "life", "aria-label": "Life of the order" }, ...gatesTogether(life.stages).map((stage) => this.stage(stage)));
  }

  private stage(stage: StageData): HTMLElement {
    const sign = element("span", { class: `stage-sign ${stage.stage}`, "aria-hidden": "true" }, stageSigns[stage.stage] ?? "·");
    const head = element(
      "p",
      { class: "line" },
      element("strong", {}, wordsOf(stage.stage)),
      element("span", { class: "quiet" }, `${momentText(stage.time)} · bar ${stage.bar}`),
    );
    const parts: Node[] = [sign, head, element("p", {}, stage.text)];
    const { step, data } = stage;
    if (step !== null) head.append(button(`step ${step + 1}`, `Go to step ${step + 1}`, () => this.cursor.goTo(step)));
    if (data !== null) {
      parts.push(element("details", {}, element("summary", {}, "Journal"), element("pre", { tabindex: "0" }, JSON.stringify(data, null, 2))));
    }
    return element("li", step === null ? {} : { "data-step": String(step) }, ...parts);
  }

  /** The stage that the player is at. */
  private markStage(): void {
    for (const item of this.body.querySelectorAll("ol.life > li")) {
      if (item.getAttribute("data-step") === String(this.cursor.step)) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    }
  }
}

/** Gates that were passed one after the other at one step become one entry: each is a short sentence, and there are many. */
function gatesTogether(stages: readonly StageData[]): StageData[] {
  const told: StageData[] = [];
  for (const stage of stages) {
    const before = told.at(-1);
    const isNext = before?.stage === "gate" && stage.stage === "gate" && before.step === stage.step && before.time === stage.time;
    if (isNext && stage.data === null) told[told.length - 1] = { ...before, text: `${before.text} · ${stage.text}` };
    else told.push(stage);
  }
  return told;
}

function orderFacts({ row, prices }: OrderData): HTMLElement {
  const pairs: (readonly [string, string])[] = [
    ["type", wordsOf(row.type)],
    ["family", row.family],
    ["leg", row.leg],
    ["price", orDash(row.price)],
    ["trigger", orDash(row.trigger)],
    ["time in force", row.timeInForce],
    ["reduce only", row.reduceOnly ? "yes" : "no"],
    ["venue's id", orDash(row.id)],
    ["client order id", row.clientOrderId],
  ];
  if (prices.length > 1) pairs.push(["prices over its life", prices.map((point) => point.price).join(" → ")]);
  if (row.rejection !== undefined) {
    pairs.push(
      ["venue's code", orDash(row.rejection.code)],
      ["venue's words", orDash(row.rejection.text)],
      ["ccxt class", orDash(row.rejection.ccxtClass)],
    );
  }
  return facts(pairs);
}
