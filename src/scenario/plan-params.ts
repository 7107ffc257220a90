// Parameters of a strategy as a scenario file gives them: what is wrong with one is told with its place in the file.

import { SeatrialError } from "../domain/index.ts";
import { ParameterError, resolveParams, type Params, type StrategyDefinition } from "../strategy/index.ts";
import type { DocumentPath, SourceDocument } from "./document.ts";

/**
 * @param path of the parameters in the file
 * @param over laid over them by a caller, who has no place in the file
 * @throws SeatrialError `unknown_parameter`, `bad_parameter` and what the strategy's own check says
 */
export function paramsAt(document: SourceDocument, definition: StrategyDefinition, params: Params, path: DocumentPath, over: Params = {}): Params {
  try {
    return resolveParams(definition, { ...params, ...over });
  } catch (error) {
    if (!(error instanceof SeatrialError)) throw error;
    if (error instanceof ParameterError && Object.hasOwn(over, String(error.path[0]))) throw error;
    const full = [...path, ...(error instanceof ParameterError ? error.path : [])];
    const place = error.code === "unknown_parameter" ? document.placeOfKey(full.slice(0, -1), String(full.at(-1))) : document.placeOf(full);
    throw error.at(place);
  }
}
