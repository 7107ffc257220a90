// Fills of any journal, listed and held against what was said of them.
export { defaultCalibrationWindow, type Calibration, type CalibrationWindow, type FillBlock } from "./calibration.ts";
export type { FillFacts, FillSource, SlippageAssumption } from "./facts.ts";
export { chosenFills, fillListCsv, fillListText, listFills, type FillFilter, type ListedFill } from "./list.ts";
export { reconcile, type Reconciliation, type ReconcileOptions, type SlippageUnit } from "./reconcile.ts";
export { reconcileText } from "./reconcile-text.ts";
export { readFills } from "./source.ts";
