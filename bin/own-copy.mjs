// Makes `seatrial` and `seatrial/…` mean the running copy for every module of this process, a user's strategy file included, wherever
// that file lies; in a checkout they mean `src`. It must never touch any other specifier. Worker threads load it through `--import`.
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isCheckout = existsSync(join(root, "src", "cli", "main.ts")) && !root.split(sep).includes("node_modules");
// The specifier is resolved as if this package itself had asked: that is its own `exports`, and no second copy of the domain.
const parentURL = pathToFileURL(join(root, "package.json")).href;
const ownConditions = isCheckout ? ["seatrial-source"] : [];

module.registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== "seatrial" && !specifier.startsWith("seatrial/")) return nextResolve(specifier, context);
    return nextResolve(specifier, { ...context, parentURL, conditions: [...context.conditions, ...ownConditions] });
  },
});
