// HTML from text and elements, escaped as it is put together: no name, label or reason of a scenario can become markup.

import { escapeText } from "../page/shell.ts";

/** Markup that is finished: it is not escaped again. */
export interface Markup {
  readonly html: string;
}

export type Part = Markup | string;

const empty: ReadonlySet<string> = new Set(["input", "br", "col"]);

/** @param attributes never `style` and never `on…`: the page's policy refuses both; a value of null leaves its attribute out */
export function element(tag: string, attributes: Readonly<Record<string, string | null>> = {}, ...parts: readonly Part[]): Markup {
  const told = Object.entries(attributes).flatMap(([name, value]) => (value === null ? [] : [` ${name}="${escapeText(value)}"`]));
  const open = `<${tag}${told.join("")}>`;
  return { html: empty.has(tag) ? open : `${open}${joined(parts)}</${tag}>` };
}

export function joined(parts: readonly Part[]): string {
  return parts.map((part) => (typeof part === "string" ? escapeText(part) : part.html)).join("");
}

/** For those who hear the page: what a sign or a colour says to the others. */
export function hidden(text: string): Markup {
  return element("span", { class: "hidden" }, text);
}
