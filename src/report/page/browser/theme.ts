// Light and dark: the system's wish until the reader says otherwise, and the colours as a canvas needs them. Nothing is stored.

/** Of the theme that is shown; asking the style sheet is slow on a long page. */
const colors = new Map<string, string>();
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners: (() => void)[] = [];

export function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? dark.matches : chosen === "dark";
}

export function toggleTheme(): void {
  document.documentElement.dataset["theme"] = isDark() ? "light" : "dark";
  tell();
}

/** Called after every change of the colours. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

function tell(): void {
  colors.clear();
  for (const listener of listeners) listener();
}

dark.addEventListener("change", tell);

/** Paper is light; afterwards the page is again as it was. */
let beforePrint: string | undefined;
addEventListener("beforeprint", () => {
  beforePrint = document.documentElement.dataset["theme"];
  document.documentElement.dataset["theme"] = "light";
  tell();
});
addEventListener("afterprint", () => {
  if (beforePrint === undefined) delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = beforePrint;
  tell();
});

/** A colour of the style sheet as the canvas takes it; "ink" is `--ink`. */
export function colorOf(name: string): string {
  const known = colors.get(name);
  if (known !== undefined) return known;
  const probe = document.createElement("i");
  probe.className = "probe";
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  colors.set(name, color);
  return color;
}
