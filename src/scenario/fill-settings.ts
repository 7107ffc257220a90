// The fill settings of a file alone: of a scenario, or of any document with a `fill` in a scenario's words. Nothing else of it is
// looked at.

import type { FillModel } from "../exchange/virtual/index.ts";
import { parseDocument } from "./document.ts";
import { fillModelOf, profileOf } from "./plan-venue.ts";
import { schemaError, valueError } from "./problems.ts";
import { scenarioSchema } from "./schema.ts";
import { readSource } from "./source-text.ts";

/** A fill model whose half spread is said: the file's own, else its venue's. */
export interface FillSettings {
  readonly halfSpreadBp: string;
  readonly slippage: FillModel["slippage"];
}

/** @throws SeatrialError `missing_key` and those of the schema, with file, line and column; exit code 3 */
export async function readFillSettings(file: string): Promise<FillSettings> {
  const document = await parseDocument(await readSource(file));
  if (document.valueAt(["fill"]) === undefined) {
    throw valueError(document, ["fill"], { code: "missing_key", reason: "is missing", hint: "name a scenario or a calibration" });
  }
  const shape = scenarioSchema.pick({ fill: true, venue: true });
  const parsed = shape.safeParse({ fill: document.valueAt(["fill"]), venue: document.valueAt(["venue"]) });
  if (!parsed.success) throw schemaError(document, parsed.error.issues);
  const { model } = fillModelOf(parsed.data.fill, {});
  return { halfSpreadBp: model.halfSpreadBp ?? profileOf(document, parsed.data).halfSpreadBp, slippage: model.slippage };
}
