// The market room: bars in and out, quality check, resample, merged feed, generated bars. Knows no orders and no strategies.
export { writeArrow, type WriteArrowOptions } from "./arrow-write.ts";
export type { RawBars, RawColumns } from "./columns.ts";
export { seriesDigest, type Sha256 } from "./digest.ts";
export { Feed } from "./feed.ts";
export { loadSeries, type LoadedSeries, type LoadOptions } from "./load.ts";
export { readBars, sliceBars, type ReadOptions } from "./read.ts";
export { resample } from "./resample.ts";
export { toRaw, toSeries, type SeriesMeta } from "./series.ts";
export { syntheticBars, syntheticSource, type SyntheticOptions } from "./synthetic.ts";
export { inferTimeframe, validateBars, type ValidateOptions, type ValidBars } from "./validate.ts";
