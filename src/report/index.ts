// Reports: what a finished run looks like to a person, to a tool and on disk. Reads the journal's rows; computes no
// trading result a second time.
export * from "./batch.ts";
export * from "./check-files.ts";
export * from "./csv.ts";
export * from "./equity-arrow.ts";
export { element, joined, type Markup, type Part } from "./index-page/markup.ts";
export * from "./junit.ts";
export * from "./machine.ts";
export * from "./manifest.ts";
export * from "./outcome.ts";
export { pageScript } from "./page/page-script.ts";
export { pageShell } from "./page/shell.ts";
export { pageStyle } from "./page/style/index.ts";
export * from "./paint.ts";
export * from "./progress.ts";
export * from "./result.ts";
export * from "./run-file.ts";
export * from "./run-folder.ts";
export * from "./screen.ts";
export * from "./table.ts";
export * from "./terminal.ts";
export * from "./trade-book.ts";
export * from "./trade-metrics.ts";
