// Whether every list in the metadata of an Arrow file or stream lies inside of it. The library believes any length that it reads: with
// one damaged byte it counts through two thousand million buffers. It must never refuse what the library can read.

import { FlatBuffer, type TableAt } from "./flatbuffer.ts";

/** Kinds of messages, as Arrow's format numbers them. */
const schemaMessage = 1;
const dictionaryMessage = 2;
const recordBatchMessage = 3;

const blockBytes = 24;
const nodeBytes = 16;
const bufferBytes = 16;
/** Lists in lists in lists: deeper ones are damage. */
const depthMax = 64;

/** @param bytes of a file between its marks and with them @returns false where a length leaves the bytes that it belongs to */
export function isIntactFile(bytes: Uint8Array): boolean {
  return holds(() => {
    const end = bytes.length - 10;
    const footerBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(end, true);
    const footer = new FlatBuffer(part(bytes, end - footerBytes, end));
    lookAtSchema(footer, footer.table(footer.root(), 1));
    for (const list of [2, 3]) {
      const blocks = footer.vector(footer.root(), list, blockBytes);
      for (let block = 0; block < blocks.length; block += 1) lookAtMessage(bytes, footer.longAt(blocks.at + block * blockBytes));
    }
    lookAtMessage(bytes, 8);
  });
}

export function isIntactStream(bytes: Uint8Array): boolean {
  return holds(() => {
    for (let at = 0; at >= 0 && at + 8 <= bytes.length;) at = lookAtMessage(bytes, at);
  });
}

function holds(look: () => void): boolean {
  try {
    look();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function part(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start < 0 || start > end || end > bytes.length) throw new RangeError(`no bytes from ${start} to ${end}`);
  return bytes.subarray(start, end);
}

/** @returns where the message after it starts; -1 at the end of a stream, or where no message is */
function lookAtMessage(bytes: Uint8Array, at: number): number {
  const prefix = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = prefix.getInt32(at + 4, true);
  if (prefix.getInt32(at, true) !== -1 || length <= 0) return -1;
  const message = new FlatBuffer(part(bytes, at + 8, at + 8 + length));
  const root = message.root();
  const kind = message.byte(root, 1);
  const header = message.table(root, 2);
  message.vector(root, 4, 4);
  if (kind === schemaMessage) lookAtSchema(message, header);
  else if (kind === recordBatchMessage) lookAtBatch(message, header);
  else if (kind === dictionaryMessage && header !== null) lookAtBatch(message, message.table(header, 1));
  const body = message.long(root, 3);
  return body < 0 ? -1 : at + 8 + length + body;
}

function lookAtBatch(message: FlatBuffer, batch: TableAt | null): void {
  if (batch === null) return;
  message.vector(batch, 1, nodeBytes);
  message.vector(batch, 2, bufferBytes);
  message.vector(batch, 4, 8);
}

function lookAtSchema(buffer: FlatBuffer, schema: TableAt | null): void {
  if (schema === null) return;
  lookAtFields(buffer, schema, 1, 0);
  buffer.vector(schema, 2, 4);
  buffer.vector(schema, 3, 8);
}

/** @param list number of the table's field that lists them */
function lookAtFields(buffer: FlatBuffer, table: TableAt, list: number, depth: number): void {
  if (depth > depthMax) throw new RangeError(`fields in fields to a depth of ${depth}`);
  for (const field of buffer.tables(table, list)) {
    lookAtFields(buffer, field, 5, depth + 1);
    buffer.vector(field, 6, 4);
  }
}
