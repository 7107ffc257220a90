// Tables, vectors and strings out of FlatBuffers, the form of Arrow's metadata. Reads only; every place that the bytes name is checked
// by the DataView, which throws a RangeError outside of them.

/** Where a table starts. Its fields are counted from 0, as the schema lists them. */
export type TableAt = number;

/** A vector: where its first element is, and how many there are. */
export interface VectorAt {
  readonly at: number;
  readonly length: number;
}

const noVector: VectorAt = { at: 0, length: 0 };

export class FlatBuffer {
  declare readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): TableAt {
    return this.view.getUint32(0, true);
  }

  /** Where the value of a field is; 0 when the table has none, and its default holds. */
  private field(table: TableAt, number: number): number {
    const fields = table - this.view.getInt32(table, true);
    const slot = 4 + number * 2;
    const offset = slot < this.view.getInt16(fields, true) ? this.view.getInt16(fields + slot, true) : 0;
    return offset === 0 ? 0 : table + offset;
  }

  byte(table: TableAt, number: number): number {
    const at = this.field(table, number);
    return at === 0 ? 0 : this.view.getUint8(at);
  }

  short(table: TableAt, number: number): number {
    const at = this.field(table, number);
    return at === 0 ? 0 : this.view.getInt16(at, true);
  }

  int(table: TableAt, number: number): number {
    const at = this.field(table, number);
    return at === 0 ? 0 : this.view.getInt32(at, true);
  }

  long(table: TableAt, number: number): number {
    const at = this.field(table, number);
    return at === 0 ? 0 : this.longAt(at);
  }

  /** A signed integer of 64 bits. @throws RangeError beyond ±2^53, where no place of a file is */
  longAt(at: number): number {
    const value = Number(this.view.getBigInt64(at, true));
    if (Number.isSafeInteger(value)) return value;
    throw new RangeError(`${value} is no place in a file`);
  }

  /** The table that a field refers to, or null. */
  table(table: TableAt, number: number): TableAt | null {
    const at = this.field(table, number);
    return at === 0 ? null : at + this.view.getUint32(at, true);
  }

  /** @param size bytes of an element: all of them have to be there */
  vector(table: TableAt, number: number, size: number): VectorAt {
    const field = this.field(table, number);
    if (field === 0) return noVector;
    const at = field + this.view.getUint32(field, true);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * size > this.view.byteLength) throw new RangeError(`a vector of ${length} elements does not fit`);
    return { at: at + 4, length };
  }

  /** The tables that a vector of references names. */
  tables(table: TableAt, number: number): readonly TableAt[] {
    const { at, length } = this.vector(table, number, 4);
    return Array.from({ length }, (_, index) => at + index * 4 + this.view.getUint32(at + index * 4, true));
  }

  /** Null where there is none. */
  text(table: TableAt, number: number): string | null {
    const { at, length } = this.vector(table, number, 1);
    if (at === 0) return null;
    return new TextDecoder().decode(new Uint8Array(this.view.buffer, this.view.byteOffset + at, length));
  }
}
