// The market room: bars in and out, funding rates, trades, quotes and books in, quality check, resample, merged feed, generated
// bars. Knows no orders and no strategies.
export { writeArrow, type WriteOptions } from "./arrow-write.ts";
export { readBook, type BookFile } from "./book.ts";
export type { RawBars, RawColumns } from "./columns.ts";
export { seriesDigest, type Sha256 } from "./digest.ts";
export type { EventFacts, EventOptions } from "./event-rows.ts";
export { Feed } from "./feed.ts";
export { readFunding, type FundingFile } from "./funding.ts";
export { loadSeries, type LoadedSeries, type LoadOptions } from "./load.ts";
export { checkBars, type Finding, type FindingPlace } from "./quality.ts";
export { checkFile, findingKinds, type FileQuality } from "./quality-file.ts";
export type { LeanOptions, LeanSecurity } from "./lean.ts";
export { writeParquet } from "./parquet-write.ts";
export { quotesOfBook, readQuotes, type QuoteFile } from "./quotes.ts";
export { readBars, readMark, sliceBars, type BarForm, type ReadOptions } from "./read.ts";
export { resample } from "./resample.ts";
export { toRaw, toSeries, type SeriesMeta } from "./series.ts";
export { withSource } from "./source.ts";
export { adjustSplits, type Split } from "./splits.ts";
export { syntheticBars, syntheticSource, type SyntheticOptions } from "./synthetic.ts";
export { readLines } from "./text-lines.ts";
export { tradeSteps } from "./trade-steps.ts";
export { readTrades, type TradeFile } from "./trades.ts";
export { inferTimeframe, validateBars, type ValidateOptions, type ValidBars } from "./validate.ts";
export { writeWhole } from "./write-file.ts";
export { assertWritableBars, writeBars } from "./write.ts";
export { readWordTable, type WordColumn, type WordTable } from "./word-table.ts";
export { ZoneClock } from "./zone.ts";
