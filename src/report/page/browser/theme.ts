// Light and dark: the system's wish until the reader says otherwise, and the colours as a canvas needs them. Nothing is stored.

const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners: (() => void)[] = [];

export function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? dark.matches : chosen === "dark";
}

export function toggleTheme(): void {
  document.documentElement.dataset["theme"] = isDark() ? "light" : "dark";
  for (const listener of listeners) listener();
}

/** Called after every change of the colours. */
export function onTheme(listener: () => void): void {
  listeners.push(listener);
}

dark.addEventListener("change", () => {
  for (const listener of listeners) listener();
});

/** A colour of the style sheet as the canvas takes it; "ink" is `--ink`. */
export function colorOf(name: string): string {
  const probe = document.createElement("i");
  probe.className = "probe";
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
