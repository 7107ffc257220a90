// Fills of any journal, listed and held against what was said of them.
export { defaultCalibrationWindow } from "./calibration.ts";
export type { FillSource, SlippageAssumption } from "./facts.ts";
export { chosenFills, fillListCsv, fillListText, listFills, type FillFilter, type ListedFill } from "./list.ts";
export { calibrationOf, reconcile, type Reconciliation, type SlippageUnit } from "./reconcile.ts";
export { reconcileText } from "./reconcile-text.ts";
export { readFills } from "./source.ts";
