// Reads the packed data of a page; the layout is described at packPage. It must give back every number bit by bit.

import { withColumns } from "./columns.ts";
import type { NoticeData, PageData } from "./page-data.ts";

export interface PageContent {
  readonly view: PageData;
  readonly notice: NoticeData;
}

/** @param packed base64 of deflated bytes */
export async function unpackPage(packed: string): Promise<PageContent> {
  const bytes = await inflate(Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)));
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const { view, notice } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as PageContent;
  const reader = new ColumnReader(bytes, 4 + length);
  return { view: withColumns(view, () => reader.column()), notice };
}

async function inflate(deflated: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class ColumnReader {
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private at: number;

  constructor(bytes: Uint8Array<ArrayBuffer>, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  column(): number[] {
    const decimals = this.byte();
    const length = this.varint();
    if (decimals === 255) return this.floats(length);
    const values: number[] = [];
    const scale = 10 ** decimals;
    let scaled = 0;
    for (let index = 0; index < length; index += 1) {
      const zigzag = this.varint();
      scaled += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      values.push(scaled / scale);
    }
    return values;
  }

  private floats(length: number): number[] {
    const values: number[] = [];
    const view = new DataView(this.bytes.buffer, this.at);
    for (let index = 0; index < length; index += 1) values.push(view.getFloat64(index * 8, true));
    this.at += length * 8;
    return values;
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Error("the data of this page ends too early");
    this.at += 1;
    return byte;
  }

  private varint(): number {
    let value = 0;
    let weight = 1;
    for (let byte = this.byte(); ; byte = this.byte()) {
      value += (byte % 128) * weight;
      if (byte < 128) return value;
      weight *= 128;
    }
  }
}
