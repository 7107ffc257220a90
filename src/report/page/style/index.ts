// The looks of a page, as one style sheet. Nothing in it may ask for a file or a font from anywhere.

import { controlStyle } from "./controls.ts";
import { foundationStyle } from "./foundation.ts";
import { layoutStyle } from "./layout.ts";
import { tableStyle } from "./tables.ts";

export const pageStyle = `${foundationStyle}${layoutStyle}${tableStyle}${controlStyle}`;
