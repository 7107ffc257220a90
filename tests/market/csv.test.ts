// CSV files of every shape that the room promises to read, and what it says to those that are none.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printUnits } from "../../src/domain/index.ts";
import { CsvReader } from "../../src/market/csv.ts";
import { readBars } from "../../src/market/index.ts";
import { errorOf, newYear, rowsOf, withFile } from "./bar-folder.ts";

const header = "timestamp,open,high,low,close,volume";
const twoRows = [
  [newYear, 10.5, 11, 10.25, 10.75, 3],
  [newYear + 60_000, 10.75, 12, 10.5, 11.5, 4.5],
];
const numbers = [",10.5,11,10.25,10.75,3", ",10.75,12,10.5,11.5,4.5"];

function times(first: string | number, second: string | number): string {
  return `${first}${numbers[0]}\n${second}${numbers[1]}\n`;
}

describe("CSV layouts", () => {
  const readable: Readonly<Record<string, string>> = {
    "a header in lower case": `${header}\n${times(newYear, newYear + 60_000)}`,
    "no header": times(newYear, newYear + 60_000),
    "no line end after the last row": times(newYear, newYear + 60_000).trimEnd(),
    "line ends of Windows": `${header}\n${times(newYear, newYear + 60_000)}`.replaceAll("\n", "\r\n"),
    "empty lines at the end": `${header}\n${times(newYear, newYear + 60_000)}\n\r\n\n`,
    "a byte order mark": `\ufeff${header}\n${times(newYear, newYear + 60_000)}`,
    "a byte order mark and no header": `\ufeff${times(newYear, newYear + 60_000)}`,
    semicolons: `${header}\n${times(newYear, newYear + 60_000)}`.replaceAll(",", ";"),
    tabs: `${header}\n${times(newYear, newYear + 60_000)}`.replaceAll(",", "\t"),
    "times in seconds": `${header}\n${times(newYear / 1_000, newYear / 1_000 + 60)}`,
    "times in microseconds": `${header}\n${times(newYear * 1_000, (newYear + 60_000) * 1_000)}`,
    "times in nanoseconds": `${header}\n${times(`${newYear}000000`, `${newYear + 60_000}000000`)}`,
    "times in seconds with a fraction": `${header}\n${times(`${newYear / 1_000}.000`, `${newYear / 1_000 + 60}.000`)}`,
    "ISO times": `Date,Open,High,Low,Close,Volume\n${times("2025-01-01T00:00:00Z", "2025-01-01T00:01:00Z")}`,
    "times without a zone, as UTC": `date,open,high,low,close,volume\n${times("2025-01-01 00:00:00", "2025-01-01 00:01:00")}`,
    "times with an offset": `date,open,high,low,close,volume\n${times("2025-01-01 02:00:00+02:00", "2024-12-31 18:31:00-05:30")}`,
    "compact dates without a header": times("20250101 00:00", "20250101 00:01"),
    "an unnamed first column as the time": `,Open,High,Low,Close,Volume\n${times("2025-01-01 00:00:00", "2025-01-01 00:01:00")}`,
    "quoted fields": `"${header.replaceAll(",", '","')}"\n${times(newYear, newYear + 60_000)}`.replaceAll("10.75", '"10.75"'),
    "padding zeros": `${header}\n${times(newYear, newYear + 60_000)}`.replaceAll("10.75", "10.75000000").replaceAll(",3\n", ",3.00000000\n"),
    "exponents and plus signs": `${header}\n${times(newYear, newYear + 60_000)}`.replaceAll("10.75", "+1.075e1"),
  };
  for (const [what, text] of Object.entries(readable)) {
    it(`reads ${what}`, async () => {
      await withFile("bars.csv", text, async (path) => {
        const bars = await readBars(path);
        expect(rowsOf(bars)).toEqual(twoRows);
        // 10.25 and 10.75 have two decimals, 4.5 has one; zeros at the end are none.
        expect([bars.priceDecimals, bars.volumeDecimals]).toEqual([2, 1]);
      });
    });
  }

  it("finds columns by name in any order, passes over others and over delimiters in quotes", async () => {
    const lines = [`"note, free",Vol,CLOSE,low,High,open_price,unix`, `"a,b",3,10.75,10.25,11,10.5,${newYear}`];
    const text = `${lines.join("\n")}\nc,4.5,11.5,10.5,12,10.75,${newYear + 60_000}\n`;
    await withFile("bars.csv", text, async (path) => expect(rowsOf(await readBars(path))).toEqual(twoRows));
  });

  it("reads gzip whatever the name says", async () => {
    const text = gzipSync(`${header}\n${times(newYear, newYear + 60_000)}`);
    await withFile("bars.csv", text, async (path) => expect(rowsOf(await readBars(path))).toEqual(twoRows));
    await withFile("bars.csv.gz", text, async (path) => expect(rowsOf(await readBars(path))).toEqual(twoRows));
  });

  it("keeps the bars of a half-open range and their row numbers in the file", async () => {
    const text = `${header}\n${[0, 1, 2, 3].map((n) => `${newYear + n * 60_000},1,1,1,1,${n}\n`).join("")}`;
    await withFile("bars.csv", text, async (path) => {
      const bars = await readBars(path, { from: newYear + 60_000, to: newYear + 180_000 });
      expect([...bars.volume]).toEqual([1, 2]);
      expect(bars.firstRow).toBe(1);
    });
  });
});

describe("CSV errors", () => {
  const good = `${newYear},1,1,1,1,1\n`;
  const flawed: readonly (readonly [what: string, text: string | Uint8Array, code: string, line: number | null, column: number | null])[] = [
    ["an empty file", "", "file_empty", null, null],
    ["only a header", `${header}\n`, "no_bars", null, null],
    ["a header without a needed column", "time,open,high,low,close\n1,1,1,1,1\n", "column_missing", null, null],
    ["five fields without a header", `${newYear},1,1,1,1\n`, "column_missing", 1, null],
    ["a first line of unknown words", "hello world\n", "header_unknown", 1, null],
    ["a word for a number", `${header}\n${good}${newYear},1,x,1,1,1\n`, "bad_number", 3, newYear.toString().length + 4],
    ["an empty field", `${header}\n${newYear},1,1,1,,1\n`, "bad_number", 2, newYear.toString().length + 8],
    ["NaN", `${header}\n${newYear},1,NaN,1,1,1\n`, "not_finite", 2, newYear.toString().length + 4],
    ["infinity", `${header}\n${newYear},1,-inf,1,1,1\n`, "not_finite", 2, newYear.toString().length + 4],
    ["1e400", `${header}\n${newYear},1e400,1,1,1,1\n`, "not_finite", 2, newYear.toString().length + 2],
    ["two points", `${header}\n${newYear},1.2.3,1,1,1,1\n`, "bad_number", 2, newYear.toString().length + 2],
    ["a point alone", `${header}\n${newYear},.,1,1,1,1\n`, "bad_number", 2, newYear.toString().length + 2],
    ["a date that does not exist", `${header}\n2025-02-28,1,1,1,1,1\n2025-02-29,1,1,1,1,1\n`, "bad_time", 3, 1],
    ["a first time that is none", `${header}\nsoon,1,1,1,1,1\n`, "bad_time", 2, 1],
    ["a row with too few fields", `${header}\n${good}${newYear},1,1\n${good}`, "bad_row", 3, newYear.toString().length + 5],
    ["an empty line between rows", `${header}\n${good}\n${good}`, "bad_row", 3, null],
    ["a last row cut off", `${header}\n${good}${newYear},1,1`, "file_truncated", 3, newYear.toString().length + 5],
    ["control bytes", Uint8Array.of(116, 105, 109, 101, 0, 1, 2), "file_not_text", null, null],
    ["a last gzip block cut off", gzipSync(`${header}\n${good.repeat(1_000)}`).subarray(0, -12), "file_truncated", null, null],
    ["damaged gzip", gzipSync(header).fill(7, 10, 18), "file_corrupt", null, null],
  ];
  for (const [what, content, code, line, column] of flawed) {
    it(`names the place of ${what}`, async () => {
      await withFile("bars.csv", content, async (path) => {
        const error = await errorOf(() => readBars(path));
        expect({ code: error.code, exit: error.exitCode, ...error.place }).toEqual({ code, exit: 3, file: path, line, column });
      });
    });
  }

  it("stops at a line of more than 65,536 bytes without reading on", async () => {
    await withFile("bars.csv", "1".repeat(3_000_000), async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "line_too_long", place: { line: 1 } });
    });
    await withFile("bars.csv", `${header}\n${good}${newYear},1,1,1,1,1${" ".repeat(70_000)}\n${good}`, async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "line_too_long", place: { line: 3 } });
    });
  });

  it("refuses a range that ends before it starts, and one without bars", async () => {
    await withFile("bars.csv", `${header}\n${good}`, async (path) => {
      expect(await errorOf(() => readBars(path, { from: newYear + 1, to: newYear }))).toMatchObject({ code: "bad_range", exitCode: 3 });
      expect(await errorOf(() => readBars(path, { from: newYear + 1 }))).toMatchObject({ code: "range_empty", exitCode: 3 });
    });
  });
});

describe("CSV numbers", () => {
  it("gives the float64 nearest to the text, as the language itself reads it", () => {
    const decimal = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.integer({ min: 0, max: 20 }));
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 5, maxLength: 5 }), (values) => {
        const texts = values.map(([units, scale]) => {
          const digits = units.toString().padStart(scale + 1, "0");
          return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
        });
        const reader = new CsvReader("x");
        reader.push(new TextEncoder().encode(`${newYear},${texts.join(",")}\n`));
        const { columns } = reader.finish();
        expect([columns.open[0], columns.high[0], columns.low[0], columns.close[0], columns.volume[0]]).toEqual(texts.map(Number));
      }),
    );
  });

  it("reads the same bars however the file is cut into pieces", () => {
    const row = fc.tuple(fc.nat(1e9), fc.nat(9), fc.nat(1e9), fc.nat(9));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.array(fc.integer({ min: 1, max: 60 })), fc.boolean(), (rows, cuts, open) => {
        const lines = rows.map(([price, scale, volume, places], at) => {
          const text = printUnits(price, scale);
          return `${newYear + at * 60_000},${text},${text},${text},${text},${printUnits(volume, places)}`;
        });
        const bytes = new TextEncoder().encode(lines.join("\n") + (open ? "" : "\n"));
        const pieces = new CsvReader("x");
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(at, at + cut));
          at = Math.min(bytes.length, at + cut);
        }
        pieces.push(bytes.subarray(at));
        const whole = new CsvReader("x");
        whole.push(bytes);
        expect(pieces.finish()).toEqual(whole.finish());
      }),
    );
  });

  it("reads a row that is written otherwise than its neighbours as its text says, wherever it stands", () => {
    const plain = (row: number): string => `${newYear + row * 60_000},1.5,2.25,1,1.75,10`;
    // Each is the same bar, as somebody might write it.
    const odd = (row: number): readonly string[] => [
      `${newYear + row * 60_000},"1.5",2.25,1,1.75,10`,
      `${newYear + row * 60_000}, 1.5,2.25,1,1.75,10`,
      `${newYear + row * 60_000},15e-1,2.25,1,1.75,1e1`,
      `${newYear + row * 60_000},1.50000,2.250,1.0,1.75,10.00`,
      `${newYear + row * 60_000},1.5,2.25,1,1.75,10,further,fields`,
      `${newYear + row * 60_000},+1.5,2.25,1,1.75,10\r`,
    ];
    for (const at of [0, 1, 5, 9]) {
      for (const [kind] of odd(0).entries()) {
        const lines = Array.from({ length: 10 }, (_, row) => (row === at ? (odd(row)[kind] as string) : plain(row)));
        for (const size of [null, 10, 1_000_000]) {
          const reader = new CsvReader("x", size);
          reader.push(new TextEncoder().encode(`${header}\n${lines.join("\n")}\n`));
          const { columns } = reader.finish();
          expect([...columns.time]).toEqual(Array.from({ length: 10 }, (_, row) => newYear + row * 60_000));
          expect([columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) => [...new Set(column)])).toEqual([
            [1.5],
            [2.25],
            [1],
            [1.75],
            [10],
          ]);
        }
      }
    }
  });

  it("counts the decimals of a row far behind the first, but not its trailing zeros", () => {
    const reader = new CsvReader("x");
    const rows = Array.from(
      { length: 3_000 },
      (_, row) => `${newYear + row * 60_000},1.5,2,1,${row === 2_500 ? "1.12500" : "1.5"},${row === 2_999 ? "3.25" : "3"}`,
    );
    reader.push(new TextEncoder().encode(`${rows.join("\n")}\n`));
    expect(reader.finish().decimals).toEqual({ price: 3, volume: 2 });
  });

  it("removes float noise from prices, counts it, and keeps the decimals that mean something", async () => {
    // 0.00005330000000000001 is 0.0000533 plus one unit in the last place: 7 decimals.
    await withFile("bars.csv", `${header}\n${newYear},0.00005330000000000001,0.0000534,0.0000533,0.0000533,1\n`, async (path) => {
      const bars = await readBars(path);
      expect([bars.open[0], bars.priceDecimals, bars.priceRepaired]).toEqual([0.0000533, 7, 1]);
    });
  });

  it("refuses a price with more than ten decimals and rounds such a volume, counting it", async () => {
    await withFile("bars.csv", `${header}\n${newYear},0.12345678901,1,0.1,0.5,1\n`, async (path) => {
      expect(await errorOf(() => readBars(path))).toMatchObject({ code: "too_many_decimals", place: { line: 2 } });
    });
    // 0.12345678912 at ten decimals: the eleventh digit is 2, so it is cut to 0.1234567891.
    await withFile("bars.csv", `${header}\n${newYear},1,1,1,1,0.12345678912\n${newYear + 60_000},1,1,1,1,2.5\n`, async (path) => {
      const bars = await readBars(path);
      expect([...bars.volume]).toEqual([0.1234567891, 2.5]);
      expect([bars.volumeDecimals, bars.volumeRounded]).toEqual([10, 1]);
    });
  });

  it("keeps volumes within the exact integers by giving up decimals, and counts that", async () => {
    // 123456789012 needs 12 digits, so 2^53 ≈ 9.007e15 leaves room for 4 decimals: 0.12346 becomes 0.1235.
    await withFile("bars.csv", `${header}\n${newYear},1,1,1,1,123456789012\n${newYear + 60_000},1,1,1,1,0.12346\n`, async (path) => {
      const bars = await readBars(path);
      expect([...bars.volume]).toEqual([123456789012, 0.1235]);
      expect([bars.volumeDecimals, bars.volumeRounded]).toEqual([4, 1]);
    });
  });
});
