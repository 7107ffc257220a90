// How the compiled code of a package is made: a few large files in place of six hundred, because what a command takes to start is
// mostly the number of files that Node has to load. Declarations come from the compiler. No code of another package is copied in.
import { defineConfig } from "rolldown";

import manifest from "./package.json" with { type: "json" };

/** What is started or imported by its name: the command line, the files of threads and processes, and what `exports` names. */
const started = [
  "cli/main",
  "cli/simulate-worker",
  "cli/simulate-pool-worker",
  "cli/strategy-check-worker",
  "sweep/worker",
  "bench/worker",
  "bench/cold-worker",
  "bench/limit-worker",
  "bench/scaling-worker",
];
const exported = Object.values(manifest.exports).flatMap((target) =>
  typeof target === "string" ? [] : [target.default.replace(/^\.\/dist\/(.*)\.js$/, "$1")],
);

export default defineConfig({
  input: Object.fromEntries([...started, ...exported].map((name) => [name, `src/${name}.ts`])),
  platform: "node",
  external: (id) => !id.startsWith(".") && !id.startsWith("/") && !/^[a-z]:\\/i.test(id),
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    // As deep as a module of the source: what asks for files of the package counts two folders up.
    chunkFileNames: "parts/[name]-[hash].js",
    minify: false,
  },
});
