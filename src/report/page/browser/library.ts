// The chart library as the page's first script left it. Nothing else may reach for it by its global name.

declare const LightweightCharts: typeof import("lightweight-charts");

export const library = LightweightCharts;
