// What tells the trades of one order apart: the venue's id, and where it leaves that out (OKX sends an empty one) how much had
// filled by then. A name made up on receipt would make another trade of each replay.

export function tradeKey({ trade, cumulative }: { readonly trade: number | string; readonly cumulative: number }): number | string {
  return trade === "" ? `after ${cumulative}` : trade;
}
