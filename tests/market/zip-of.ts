// The smallest zip archive with one stored file, made by hand after the format's description: for tests that need names and text of
// their own. Archives of another program are in foreign-samples.ts.
import { crc32 } from "node:zlib";

export function zipOf(name: string, text: string): Uint8Array {
  const [title, body] = [Buffer.from(name), Buffer.from(text)];
  const sizes = (header: Buffer, at: number): void => {
    header.writeUInt32LE(crc32(body), at);
    header.writeUInt32LE(body.length, at + 4);
    header.writeUInt32LE(body.length, at + 8);
    header.writeUInt16LE(title.length, at + 12);
  };
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  sizes(local, 14);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  sizes(central, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + title.length, 12);
  end.writeUInt32LE(local.length + title.length + body.length, 16);
  return Buffer.concat([local, title, body, central, title, end]);
}
