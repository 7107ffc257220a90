// The rows of the failure catalogue, and which scenarios play them: printed as the table of docs/measurements.md. It counts
// a scenario by its name alone, and must never know one that is not in the folder.
import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";

export const catalogueFolder = resolve(import.meta.dirname, "../../scenarios/catalogue");

/** What goes wrong in each row, in the catalogue's order. */
export const catalogueRows: ReadonlyMap<string, string> = new Map([
  ["A1", "an order was placed and its answer is lost"],
  ["A2", "a timeout, and the order fills and is gone before anybody looks"],
  ["A3", "a server error that says nothing of the order"],
  ["A4", "a client library or a proxy sends the request again"],
  ["A5", "refused as a duplicate: our order exists"],
  ["A6", "an order that was just placed is not found"],
  ["A7", "a fill before the acknowledgement, or before anybody knows the order"],
  ["A8", "messages out of order, twice, or without ids"],
  ["A9", "a fill marked as seen before it is booked"],
  ["A10", "a partial fill, then a cancel"],
  ["A11", "a cancel races a fill"],
  ["A12", "a cancel is confirmed and the order stays, or fills later"],
  ["A13", "reduce-only is refused: the position is gone"],
  ["A14", "a position is closed, reduced or opened by hand"],
  ["A15", "a liquidation or deleveraging that nobody tells"],
  ["A16", "a stop gets another id when it is triggered"],
  ["A17", "an amendment that is half done, or not told"],
  ["A18", "the stop is canceled and the exit behind it refused"],
  ["A19", "a stop is left behind when its position is gone"],
  ["A20", "a stale position leads to a second entry"],
  ["A21", "sent before it was saved, or saved and never sent"],
  ["A22", "a batch of orders is taken in part"],
  ["A23", "orders that the venue ends by its own rules"],
  ["A24", "refused and tried again for ever; bought and sold for nothing"],
  ["A25", "orders of another hand on the account"],
  ["B1", "a bar that is still forming"],
  ["B2", "a bar that is late or missing"],
  ["B3", "a bar that is revised after its close"],
  ["B4", "bars that are doubled, out of order or absurd"],
  ["B5", "a stream that is alive and says nothing"],
  ["B6", "the stream's key expires"],
  ["B7", "messages missed while a stream reconnects"],
  ["B8", "a clock that drifts, steps or stands still"],
  ["B9", "the end of a trading day"],
  ["B10", "funding that is extra, late or at the very instant of a fill"],
  ["B11", "a gap in sequence numbers"],
  ["B12", "a bar from the future"],
  ["C1", "rate limits and bans"],
  ["C2", "maintenance, post-only and other modes"],
  ["C3", "the venue restarts"],
  ["C4", "the venue takes a trade back"],
  ["C5", "filters change between the plan and the order"],
  ["C6", "dust that cannot be closed"],
  ["C7", "leverage or modes are changed outside"],
  ["C8", "a market is delisted with a position open"],
  ["C9", "money comes or goes outside"],
  ["C10", "a balance that is frozen"],
  ["C11", "the key is revoked"],
  ["C12", "a firewall answers in the venue's place"],
  ["C13", "a list without its last page, or an endpoint that is stale"],
  ["C14", "price bands and largest positions"],
  ["C15", "one code that means two things"],
  ["D1", "killed before the order is sent"],
  ["D2", "killed between sending and the answer"],
  ["D3", "killed between the answer and its record"],
  ["D4", "killed while it recovers"],
  ["D5", "a journal that is torn, damaged or an old copy"],
  ["D6", "a disk that is full or broken"],
  ["D7", "a snapshot that is damaged"],
  ["D8", "configuration or code changed between two starts"],
  ["D9", "two runners on one account"],
  ["D10", "a process that was frozen goes on with old plans"],
  ["D11", "killed in the middle of whatever it does"],
  ["D12", "what only watches the journal fails"],
  ["D13", "the host's clock or zone is another after the restart"],
  ["D14", "a snapshot that is newer than its journal"],
  ["E1", "a strategy throws"],
  ["E2", "a strategy answers garbage"],
  ["E3", "a strategy spins"],
  ["E4", "a strategy changes what it is handed"],
  ["E5", "a strategy answers otherwise after a restart"],
  ["E6", "a strategy asks for more than it may"],
  ["E7", "a strategy acts during a stop"],
  ["E8", "a strategy's state grows, or does not come back"],
]);

/** "a7-fill-before-ack": A7. */
export function rowOf(file: string): string {
  return basename(file, ".json").split("-")[0]?.toUpperCase() ?? "";
}

/** Scenarios of the folder by their row, in the catalogue's order; rows without any, too, and names that are no row last. */
export async function scenariosByRow(): Promise<Map<string, string[]>> {
  const files = (await readdir(catalogueFolder)).filter((file) => file.endsWith(".json")).sort();
  const found = new Map<string, string[]>([...catalogueRows.keys()].map((row) => [row, []]));
  for (const file of files) found.set(rowOf(file), [...(found.get(rowOf(file)) ?? []), basename(file, ".json")]);
  return found;
}

/** The table as it stands in docs/measurements.md, one line each. */
export async function catalogueTable(): Promise<string[]> {
  const found = await scenariosByRow();
  const cells = [...found].map(([row, names]) => [row, catalogueRows.get(row) ?? "", names.map((name) => `\`${name}\``).join(", ")]);
  const head = ["row", "what goes wrong", "scenarios"];
  const widths = head.map((_, at) => Math.max(...[head, ...cells].map((cell) => cell[at]?.length ?? 0)));
  const line = (cell: readonly string[]) => `| ${cell.map((text, at) => text.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...cells.map(line)];
}

if (import.meta.main) process.stdout.write(`${(await catalogueTable()).join("\n")}\n`);
