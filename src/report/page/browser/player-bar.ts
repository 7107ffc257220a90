// The player's controls: back and forth by step and by bar, the slider, playing, the jump to an order. It moves the cursor and shows
// where it is; what a step did is the step panel's.

import type { Cursor } from "./cursor.ts";
import { button, element } from "./element.ts";
import { momentText, sideText } from "./format.ts";
import type { PageData } from "./page-data.ts";

/** Between two steps while playing, ms. */
const playInterval = 350;

export class PlayerBar {
  readonly element: HTMLElement;
  private readonly view: PageData;
  private readonly cursor: Cursor;
  private readonly slider: HTMLInputElement;
  private readonly place: HTMLElement = element("p", { class: "place" });
  /** The step in words, where the step's own panel is far below; hidden beside it. */
  private readonly told: HTMLElement = element("p", { class: "told", "aria-hidden": "true" });
  private readonly playing: HTMLButtonElement;
  private readonly jump: HTMLSelectElement;
  private readonly backward: readonly HTMLButtonElement[];
  private readonly forward: readonly HTMLButtonElement[];
  private timer: number | null = null;

  constructor(view: PageData, cursor: Cursor) {
    this.view = view;
    this.cursor = cursor;
    const last = view.player.steps.length - 1;
    this.slider = element("input", { type: "range", min: "-1", max: String(last), step: "1", "aria-label": "Step of the run" });
    this.slider.addEventListener("input", () => cursor.goTo(Number(this.slider.value)));
    this.playing = button("Play", "Play step by step", () => this.togglePlay());
    this.backward = [
      button("|◀", "To the start", () => cursor.goTo(-1)),
      button("◀◀", "Previous bar", () => cursor.goToBar(-1)),
      button("◀", "Previous step", () => cursor.goTo(cursor.step - 1)),
    ];
    this.forward = [
      button("▶", "Next step", () => cursor.goTo(cursor.step + 1)),
      button("▶▶", "Next bar", () => cursor.goToBar(1)),
      button("▶|", "To the end", () => cursor.goTo(last)),
    ];
    this.jump = this.jumpList();
    const group = element("div", { class: "controls", role: "group", "aria-label": "Player" }, ...this.backward, this.playing, ...this.forward);
    this.element = element(
      "div",
      { class: "player-bar" },
      this.slider,
      element("div", { class: "player-row" }, group, this.place, this.jump),
      this.told,
    );
    cursor.listen(() => this.show());
    this.show();
  }

  togglePlay(): void {
    if (this.timer !== null) {
      this.stop();
      return;
    }
    if (this.cursor.step >= this.view.player.steps.length - 1) this.cursor.goTo(-1);
    this.timer = setInterval(() => this.tick(), playInterval);
    this.showPlaying();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.showPlaying();
  }

  private tick(): void {
    this.cursor.goTo(this.cursor.step + 1);
    if (this.cursor.step >= this.view.player.steps.length - 1) this.stop();
  }

  private showPlaying(): void {
    const isPlaying = this.timer !== null;
    this.playing.textContent = isPlaying ? "Pause" : "Play";
    this.playing.title = isPlaying ? "Pause" : "Play step by step";
    this.playing.setAttribute("aria-label", this.playing.title);
  }

  private show(): void {
    const { steps } = this.view.player;
    const step = steps[this.cursor.step];
    const text =
      step === undefined
        ? `before the first of ${steps.length} steps`
        : `step ${this.cursor.step + 1} of ${steps.length} · bar ${step.bar} · ${momentText(step.time)} UTC`;
    this.slider.value = String(this.cursor.step);
    this.slider.setAttribute("aria-valuetext", text);
    this.place.textContent = text;
    this.told.textContent = step?.text ?? "";
    this.jump.value = this.cursor.order === null ? "" : String(this.cursor.order);
    for (const control of this.backward) control.disabled = this.cursor.step < 0;
    for (const control of this.forward) control.disabled = this.cursor.step >= steps.length - 1;
  }

  private jumpList(): HTMLSelectElement {
    const list = element("select", { "aria-label": "Jump to an order" }, element("option", { value: "" }, "Jump to an order"));
    for (const [index, { row }] of this.view.orders.entries()) {
      const name = `${index + 1}: bar ${row.bar} ${row.family} ${sideText(row.side)} ${row.quantity} ${row.symbol} (${row.status})`;
      list.append(element("option", { value: String(index) }, name));
    }
    list.disabled = this.view.orders.length === 0;
    list.addEventListener("change", () => this.cursor.select(list.value === "" ? null : Number(list.value)));
    return list;
  }
}
