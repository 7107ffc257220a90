// The page of a run: one HTML file that holds its data, its code and its looks, asks for nothing from anywhere, and runs nothing but
// what its own policy names by hash. It draws a view and computes no result.

import type { RunView } from "../view/run-view.ts";
import type { PageData } from "./browser/page-data.ts";
import { packPage } from "./pack.ts";
import { pageScripts } from "./page-script.ts";
import { pageShell } from "./shell.ts";
import { pageStyle } from "./style/index.ts";

/**
 * The page of one run as HTML text, UTF-8.
 * @throws SeatrialError `page_part_missing` or `page_script` (exit code 1) where this installation is damaged
 */
export function renderRunPage(view: RunView): string {
  const { library, page, notice } = pageScripts();
  const data: PageData = view;
  return pageShell({
    title: view.scenario,
    style: pageStyle,
    scripts: [library, page],
    body: `<noscript><p>This page draws its run with the script that it holds. Allow scripts for this file; it asks for nothing from anywhere.</p></noscript>
<div id="page" aria-busy="true"></div>
<script type="application/json" id="run">"${packPage(data, notice)}"</script>`,
  });
}
