// A scenario file as its schema understands it: text → document → checked input, in the present form or the older one.
// Nothing that it names is read here.

import { parseDocument, type SourceDocument } from "./document.ts";
import { isLegacy, readLegacy } from "./legacy.ts";
import { schemaError } from "./problems.ts";
import { scenarioSchema, type ScenarioInput } from "./schema.ts";
import type { InsideInput, MarketInput } from "./schema-market.ts";
import { readSource } from "./source-text.ts";

/** @throws SeatrialError exit code 3, with file, line and column */
export async function readInput(file: string): Promise<{ readonly document: SourceDocument; readonly input: ScenarioInput }> {
  const document = await parseDocument(await readSource(file));
  return { document, input: inputOf(document) };
}

function inputOf(document: SourceDocument): ScenarioInput {
  if (isLegacy(document)) return readLegacy(document);
  const parsed = scenarioSchema.safeParse(document.value);
  if (parsed.success) return parsed.data;
  throw schemaError(document, parsed.error.issues);
}

type BarSource = "script" | "file" | "synthetic";

/** What a scenario says about itself. */
export interface ScenarioDescription {
  readonly file: string;
  readonly name: string;
  readonly why: string;
  readonly venue: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  /** Where the bars come from, each source once; whether a file is there is not looked at. */
  readonly bars: readonly BarSource[];
}

/** @throws SeatrialError as `readInput` does */
export async function describeScenario(file: string): Promise<ScenarioDescription> {
  const { input } = await readInput(file);
  const { name, why, venue, markets } = input;
  const found = new Set(markets.map(sourceOf));
  const bars = (["script", "file", "synthetic"] as const).filter((source) => found.has(source));
  return { file, name, why, venue, strategy: input.strategy.use, symbols: markets.map(({ symbol }) => symbol), bars };
}

/** Of bars that are made of what is inside them: where that comes from. */
function sourceOf({ bars, inside }: MarketInput): BarSource {
  const ownSource = bars.script ?? bars.file ?? bars.synthetic;
  const keys: InsideInput = ownSource === undefined && inside !== undefined ? inside : bars;
  if ((keys.script ?? keys.trades) !== undefined) return "script";
  return (keys.file ?? keys.tradesFile) === undefined ? "synthetic" : "file";
}
