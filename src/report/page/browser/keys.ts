// The keyboard: one table of keys that both the page and its help read. A key that a control needs for itself is left to it.

import type { Cursor } from "./cursor.ts";
import { element } from "./element.ts";
import type { PlayerBar } from "./player-bar.ts";
import { toggleTheme } from "./theme.ts";

interface Key {
  readonly keys: readonly string[];
  /** As it is printed. */
  readonly name: string;
  readonly does: string;
  /** With Shift held. */
  readonly shift?: true;
  readonly run: (page: KeyTargets) => void;
}

export interface KeyTargets {
  readonly cursor: Cursor;
  readonly player: PlayerBar;
  readonly last: number;
  readonly help: HTMLDialogElement;
  /** Where the reader's place is drawn. */
  readonly stage: HTMLElement;
}

const table: readonly Key[] = [
  { keys: ["ArrowRight"], name: "→", does: "next step", run: ({ cursor }) => cursor.goTo(cursor.step + 1) },
  { keys: ["ArrowLeft"], name: "←", does: "previous step", run: ({ cursor }) => cursor.goTo(cursor.step - 1) },
  { keys: ["ArrowRight"], name: "Shift →", shift: true, does: "next bar", run: ({ cursor }) => cursor.goToBar(1) },
  { keys: ["ArrowLeft"], name: "Shift ←", shift: true, does: "previous bar", run: ({ cursor }) => cursor.goToBar(-1) },
  { keys: ["Home"], name: "Home", does: "to the start", run: ({ cursor }) => cursor.goTo(-1) },
  { keys: ["End"], name: "End", does: "to the end", run: ({ cursor, last }) => cursor.goTo(last) },
  { keys: [" "], name: "Space", does: "play, pause", run: ({ player }) => player.togglePlay() },
  { keys: ["j", "J"], name: "J", does: "next order", run: ({ cursor }) => cursor.selectNext(1) },
  { keys: ["k", "K"], name: "K", does: "previous order", run: ({ cursor }) => cursor.selectNext(-1) },
  { keys: ["t", "T"], name: "T", does: "light or dark", run: () => toggleTheme() },
  { keys: ["?"], name: "?", does: "these keys", run: ({ help }) => help.showModal() },
  {
    keys: ["Escape"],
    name: "Esc",
    does: "stop playing, let the order go",
    run: ({ cursor, player }) => {
      player.stop();
      cursor.select(null);
    },
  },
];

/** What has its own use for keys: fields and lists for all of them, buttons and links for Space, scrolled regions for arrows. */
function belongsTo(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return key === "Home" || key === "End";
  if (key !== "Escape" && target.matches("input, select, textarea")) return true;
  if (key === " ") return target.matches("button, a, summary, input, [tabindex]");
  return target.matches(".scroll, pre") && (key.startsWith("Arrow") || key === "Home" || key === "End");
}

export function listenToKeys(targets: KeyTargets): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || targets.help.open) return;
    const arrow = event.key.startsWith("Arrow");
    const found = table.find((entry) => entry.keys.includes(event.key) && (!arrow || (entry.shift === true) === event.shiftKey));
    if (found === undefined || belongsTo(event.target, event.key)) return;
    event.preventDefault();
    const { step, order } = targets.cursor;
    found.run(targets);
    // A key that moves something out of sight brings it into sight.
    if (step !== targets.cursor.step || order !== targets.cursor.order) showStage(targets.stage);
  });
}

function showStage(stage: HTMLElement): void {
  const { top, bottom } = stage.getBoundingClientRect();
  const inSight = Math.min(bottom, innerHeight) - Math.max(top, 0);
  if (inSight < Math.min(bottom - top, innerHeight) / 2) stage.scrollIntoView({ block: "start" });
}

/** The dialog that names the keys. */
export function helpDialog(): HTMLDialogElement {
  const rows = table.map(({ name, does }) => element("div", {}, element("dt", {}, element("kbd", {}, name)), element("dd", {}, does)));
  const close = element("button", { type: "submit", class: "text" }, "Close");
  const form = element("form", { method: "dialog" }, close);
  return element(
    "dialog",
    { "aria-labelledby": "help-title" },
    element("h2", { id: "help-title" }, "Keys"),
    element("dl", { class: "keys" }, ...rows),
    form,
  );
}
