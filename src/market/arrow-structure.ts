// Where the columns of a plain Arrow file lie: little-endian, not compressed, each column one run of values a batch. Reads the file's
// metadata only, without the library; whatever it does not know to the last byte it does not understand (null). It must never tell of an
// error: the library's road does that.

import { FlatBuffer, type TableAt, type VectorAt } from "./flatbuffer.ts";
import type { Pick } from "./table.ts";
import type { EpochUnit } from "./time-text.ts";

/** Numbers of Arrow's format: kinds of a column's type, of a message, of a float, units of a timestamp. */
const intType = 2;
const floatType = 3;
const timestampType = 10;
const schemaMessage = 1;
const recordBatchMessage = 3;
const doublePrecision = 2;
const timestampUnits = ["s", "ms", "us", "ns"] as const;

/** Buffers of a column by the number of its type: Int, FloatingPoint, Binary, Utf8, Bool, Decimal, Date, Time, Timestamp, … */
const buffersOfType: Readonly<Record<number, number>> = { 2: 2, 3: 2, 4: 3, 5: 3, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2, 15: 2, 18: 2 };

/** "ARROW1" and two bytes before, the footer's length and "ARROW1" after. */
const headBytes = 8;
const tailBytes = 10;
const blockBytes = 24;
const columnsMax = 1_024;

export interface Column {
  readonly name: string;
  readonly type: number;
  /** What a chosen column holds; null for what this road does not read. */
  readonly holds: "double" | "int64" | null;
  /** Unit of its times; null where the type does not say. */
  readonly unit: EpochUnit | null;
}

/** Where a column's values of one batch lie. */
export interface Piece {
  readonly start: number;
  readonly rows: number;
  readonly empty: number;
}

export interface PlainFile {
  readonly columns: readonly Column[];
  /** Of each batch, a piece for each column. */
  readonly pieces: readonly (readonly Piece[])[];
  readonly rows: number;
  readonly source: string | null;
}

/** Whether a chosen column is plain in every batch. */
export function isReadable(pick: Pick, { columns, pieces }: PlainFile): boolean {
  const { holds, type } = columns[pick.place] ?? { holds: null, type: 0 };
  const fits = pick.kind === "time" ? holds !== null : pick.kind === "number" && holds === "double" && type === floatType;
  return fits && pieces.every((batch) => batch[pick.place]?.empty === 0);
}

/** A file's bytes, as far as somebody has them: all of them in memory, or only those that tell of the others. */
export interface FileBytes {
  readonly length: number;
  /** Place of the first byte in memory, where columns are to be views of it; else 0. */
  readonly place: number;
  /** @throws RangeError for bytes that nobody has */
  readonly part: (start: number, end: number) => Uint8Array;
}

/** The file's structure; null where it is not plain, or damaged. */
export function understood(bytes: FileBytes): PlainFile | null {
  try {
    return structureOf(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where the metadata of each batch lies, of which the footer tells; null where there is no footer. */
export function batchHeads(bytes: FileBytes): readonly { readonly start: number; readonly length: number }[] | null {
  try {
    const bodyEnd = footerStart(bytes);
    if (bodyEnd === null) return null;
    const footer = new FlatBuffer(bytes.part(bodyEnd, bytes.length - tailBytes));
    const blocks = footer.vector(footer.root(), 3, blockBytes);
    return Array.from({ length: blocks.length }, (_, block) => {
      const at = blocks.at + block * blockBytes;
      return { start: footer.longAt(at), length: footer.view.getInt32(at + 8, true) };
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Where the footer begins, as the last bytes of the file tell; null where they do not. */
export function footerStart(bytes: FileBytes): number | null {
  const end = bytes.length - tailBytes;
  const footerBytes = viewOf(bytes.part(end, bytes.length)).getInt32(0, true);
  return footerBytes <= 0 || end - footerBytes < headBytes ? null : end - footerBytes;
}

function structureOf(bytes: FileBytes): PlainFile | null {
  const end = bytes.length - tailBytes;
  const bodyEnd = footerStart(bytes);
  if (bodyEnd === null) return null;
  const footer = new FlatBuffer(bytes.part(bodyEnd, end));
  const schema = footer.table(footer.root(), 1);
  if (!isKnown(footer) || schema === null || footer.short(schema, 0) !== 0 || footer.vector(footer.root(), 2, blockBytes).length > 0) return null;
  const columns = columnsOfSchema(footer, schema);
  if (columns === null || !isSchemaOfHead(bytes, bodyEnd, columns)) return null;
  const blocks = footer.vector(footer.root(), 3, blockBytes);
  const pieces: Piece[][] = [];
  let rows = 0;
  for (let block = 0; block < blocks.length; block += 1) {
    const batch = piecesOfBatch({ bytes, end: bodyEnd }, footer, blocks.at + block * blockBytes, columns);
    if (batch === null) return null;
    pieces.push(batch);
    rows += batch[0]?.rows ?? 0;
  }
  return rows === 0 ? null : { columns, pieces, rows, source: sourceOf(footer, schema) };
}

function columnsOfSchema(buffer: FlatBuffer, schema: TableAt): readonly Column[] | null {
  const fields = buffer.tables(schema, 1);
  if (fields.length === 0 || fields.length > columnsMax) return null;
  const columns = fields.map((field) => columnOfField(buffer, field));
  return columns.every((column) => column !== null) ? columns : null;
}

/** Most files tell their columns twice, at the start and in the footer. Where the two differ, one is damaged. */
function isSchemaOfHead(bytes: FileBytes, end: number, columns: readonly Column[]): boolean {
  const head = messageAt({ bytes, end }, headBytes, null);
  if (head?.byte(head.root(), 1) === recordBatchMessage) return true;
  const schema = head?.table(head.root(), 2) ?? null;
  if (head === null || schema === null || head.byte(head.root(), 1) !== schemaMessage || head.short(schema, 0) !== 0) return false;
  return JSON.stringify(columnsOfSchema(head, schema)) === JSON.stringify(columns);
}

/** The file up to its footer. */
interface Body {
  readonly bytes: FileBytes;
  readonly end: number;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The message at a place of the file; null where there is none. @param length with its prefix, where it is known */
function messageAt({ bytes, end }: Body, offset: number, length: number | null): FlatBuffer | null {
  const prefix = viewOf(bytes.part(offset, offset + 8));
  const told = prefix.getInt32(4, true);
  const fits = prefix.getInt32(0, true) === -1 && told > 0 && offset + 8 + told <= end;
  if (!fits || (length !== null && told !== length - 8)) return null;
  const message = new FlatBuffer(bytes.part(offset + 8, offset + 8 + told));
  return isKnown(message) ? message : null;
}

/** Before version 4 of the format, which its numbers call 3, buffers lay otherwise. */
function isKnown(buffer: FlatBuffer): boolean {
  const version = buffer.short(buffer.root(), 0);
  return version === 3 || version === 4;
}

function columnOfField(footer: FlatBuffer, field: TableAt): Column | null {
  const type = footer.byte(field, 2);
  const details = footer.table(field, 3);
  const nested = footer.vector(field, 5, 4).length > 0;
  const coded = footer.table(field, 4) !== null;
  if (nested || coded || details === null || buffersOfType[type] === undefined) return null;
  const name = footer.text(field, 0) ?? "";
  if (type === timestampType) {
    const unit = timestampUnits[footer.short(details, 0)];
    return unit === undefined ? null : { name, type, holds: "int64", unit };
  }
  const precision = type === floatType ? footer.short(details, 0) : 0;
  if (precision < 0 || precision > doublePrecision) return null;
  const isDouble = type === floatType && precision === doublePrecision;
  const isLong = type === intType && footer.int(details, 0) === 64 && footer.byte(details, 1) === 1;
  return { name, type, holds: isDouble ? "double" : isLong ? "int64" : null, unit: null };
}

/** @param block where the footer tells of the batch */
function piecesOfBatch(file: Body, footer: FlatBuffer, block: number, columns: readonly Column[]): Piece[] | null {
  const offset = footer.longAt(block);
  const headLength = footer.view.getInt32(block + 8, true);
  const bodyLength = footer.longAt(block + 16);
  const body = offset + headLength;
  if (offset < headBytes || bodyLength < 0 || body + bodyLength > file.end) return null;
  const message = messageAt(file, offset, headLength);
  if (message === null) return null;
  const batch = message.table(message.root(), 2);
  const isBatch = message.byte(message.root(), 1) === recordBatchMessage && message.long(message.root(), 3) === bodyLength;
  if (!isBatch || batch === null || message.table(batch, 3) !== null) return null;
  const rows = message.long(batch, 0);
  const nodes = message.vector(batch, 1, 16);
  const buffers = message.vector(batch, 2, 16);
  if (rows < 0 || nodes.length !== columns.length || buffers.length !== columns.reduce((sum, { type }) => sum + buffersOf(type), 0)) return null;
  if (!areInside(message, buffers, file.bytes.place + body, bodyLength)) return null;
  let values = buffers.at + 16;
  const pieces: Piece[] = [];
  for (const [at, { type, holds }] of columns.entries()) {
    const start = body + message.longAt(values);
    if ((holds !== null && message.longAt(values + 8) < rows * 8) || message.longAt(nodes.at + at * 16) !== rows) return null;
    pieces.push({ start, rows, empty: message.longAt(nodes.at + at * 16 + 8) });
    values += buffersOf(type) * 16;
  }
  return pieces;
}

/** Whether each of a batch's buffers lies in its body, on a border of 8 bytes, those that nobody asks for as well. @param place of the body in memory */
function areInside(message: FlatBuffer, buffers: VectorAt, place: number, bodyLength: number): boolean {
  for (let at = buffers.at; at < buffers.at + buffers.length * 16; at += 16) {
    const start = message.longAt(at);
    const length = message.longAt(at + 8);
    if (start < 0 || length < 0 || start + length > bodyLength || (place + start) % 8 !== 0) return false;
  }
  return true;
}

function buffersOf(type: number): number {
  return buffersOfType[type] ?? 0;
}

function sourceOf(footer: FlatBuffer, schema: TableAt): string | null {
  const entries = footer.tables(schema, 2).map((entry) => [footer.text(entry, 0), footer.text(entry, 1)] as const);
  return new Map(entries).get("source") ?? null;
}
