// Elements of the page. Text goes in as text nodes only, so that no name, reason or hint of a run can become markup.

type Part = Node | string;
type Attributes = Readonly<Record<string, string>>;

/** @param attributes never `style` and never `on…`: the page's policy refuses both */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...parts: Part[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...parts);
  return made;
}

/** A button that says what it does; `title` also names it where its text is a sign. */
export function button(text: string, title: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", title, "aria-label": title }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** A button whose text is its name. */
export function textButton(text: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: "text" }, text);
  made.addEventListener("click", onClick);
  return made;
}

/** Something that is filled when it is opened for the first time. */
export function details(summary: string, fill: () => Part): HTMLDetailsElement {
  const made = element("details", {}, element("summary", {}, summary));
  made.addEventListener("toggle", () => {
    if (made.open && made.childElementCount === 1) made.append(fill());
  });
  return made;
}

/** Names and values, one pair a row. */
export function facts(pairs: readonly (readonly [name: string, value: Part])[]): HTMLDListElement {
  return element("dl", { class: "facts" }, ...pairs.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** A word in a frame, with a sign where its meaning must not hang on its colour. */
export function badge(kind: string, text: string): HTMLSpanElement {
  return element("span", { class: `badge ${kind}` }, text);
}

export function code(text: string): HTMLElement {
  return element("code", {}, text);
}
