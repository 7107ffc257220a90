// What text is laid out for: a terminal's width, and whether it takes colours. It must never know a stream.

import type { Paint } from "./paint.ts";

export interface Screen {
  /** Columns of the terminal. */
  readonly width: number;
  readonly paint: Paint;
}
