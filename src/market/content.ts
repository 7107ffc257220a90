// What a data file is, told by its first bytes and then its name: Parquet, Arrow, JSON, a capture of a feed, or lines of text.
// Decides the form only; which columns and messages it holds is the readers' business.

import { SeatrialError } from "../domain/index.ts";
import { arrowKind } from "./arrow.ts";
import { isCaptureLine } from "./capture.ts";
import { assertText } from "./csv-layout.ts";
import { emptyFile, withSource, type Source } from "./source.ts";

export type Form = "parquet" | "arrow" | "json" | "capture" | "text";

/** The words for a form in messages. */
export const formNames: Readonly<Record<Form, string>> = {
  parquet: "a Parquet file",
  arrow: "an Arrow file",
  json: "a JSON file",
  capture: "a capture of a feed",
  text: "a text file of rows",
};

export interface Content {
  readonly file: string;
  /** Name of the file inside a zip archive. */
  readonly entry: string | null;
  /** Whether the file on disk is the content itself, neither gzipped nor zipped. */
  readonly bare: boolean;
  /** Size of the content; null where nothing trustworthy tells it. */
  readonly bytes: number | null;
  readonly form: Form;
  readonly first: Uint8Array;
  readonly rest: AsyncGenerator<Uint8Array, void, undefined>;
  readonly whole: Source["whole"];
  readonly readAt: Source["readAt"];
}

/** Names that promise a form, after gzip or zip: a file that is named so has to be so. */
const endings: readonly (readonly [ending: RegExp, form: Form, name: string])[] = [
  [/\.(?:arrow|arrows|feather|ipc)$/i, "arrow", "an Arrow"],
  [/\.(?:parquet|pq)$/i, "parquet", "a Parquet"],
];

/** Runs `use` on the content of a file. @throws SeatrialError of `withSource`, `format_unknown`, `file_corrupt`, `file_not_text` */
export function withContent<Result>(path: string, use: (content: Content) => Promise<Result>): Promise<Result> {
  return withSource(path, async ({ entry, bare, bytes, pieces, whole, readAt }: Source) => {
    const { value: first } = await pieces.next();
    if (first === undefined) throw emptyFile(path);
    const form = formOf(first, entry ?? path, path);
    return use({ file: path, entry, bare, bytes, form, first, rest: pieces, whole, readAt });
  });
}

/** All bytes of the content, of which nothing but `first` may have been taken. They belong to whoever asks. */
export function wholeOf(content: Content): Promise<Uint8Array> {
  return content.whole(content.first);
}

function formOf(first: Uint8Array, name: string, path: string): Form {
  const kind = arrowKind(first);
  if (kind === "feather1") {
    throw new SeatrialError({
      code: "format_unknown",
      reason: "Feather version 1 files are not read",
      hint: "save it as Feather version 2, Parquet or CSV",
      place: { file: path },
    });
  }
  const binary = kind === "parquet" ? "parquet" : kind === null ? null : "arrow";
  for (const [ending, form, words] of endings) {
    if (!ending.test(name.replace(/\.gz$/i, "")) || binary === form) continue;
    const found = binary === null ? "does not start as one" : `is ${formNames[binary]}`;
    throw new SeatrialError({ code: "file_corrupt", reason: `named as ${words} file but ${found}`, place: { file: path } });
  }
  if (binary !== null) return binary;
  assertText(first, path);
  const head = new TextDecoder().decode(first.subarray(0, 4_096)).trimStart();
  if (head.startsWith("[") || head.startsWith("{")) return "json";
  return isCaptureLine(head.slice(0, head.indexOf("\n") < 0 ? undefined : head.indexOf("\n"))) ? "capture" : "text";
}
