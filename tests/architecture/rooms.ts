// The rooms of the house in their order, and who may not look into whom, as data. It must never read a file.

/** Ground floor first: a room may import only itself and rooms listed before it. The last one is `src/index.ts`, the package's front. */
export const ROOMS = [
  "domain",
  "market",
  "exchange/virtual",
  "strategy",
  "risk",
  "runner",
  "journal",
  "exchange/ccxt",
  "exchange/wire",
  "session",
  "scenario",
  "report",
  "sweep",
  "gate",
  "bench",
  "cli",
  "index",
] as const;
export type Room = (typeof ROOMS)[number];

/** The rooms that must be deterministic: no Node built-in, no package but the listed ones. */
export const CORE_PACKAGES: Readonly<Partial<Record<Room, readonly string[]>>> = {
  domain: ["seedrandom", "seedrandom/lib/alea.js"],
  "exchange/virtual": [],
  strategy: [],
  risk: [],
  runner: [],
};

const EXCHANGES: readonly Room[] = ["exchange/virtual", "exchange/ccxt", "exchange/wire"];

/** Prohibitions beyond the order. */
export const BLIND: Readonly<Partial<Record<Room, readonly Room[]>>> = {
  strategy: ["market", ...EXCHANGES],
  risk: ["market", ...EXCHANGES],
  runner: ["market", ...EXCHANGES],
  "exchange/wire": ["runner"],
};

/** Rooms that only the named rooms may import, whatever the order says. */
export const RESERVED: Readonly<Partial<Record<Room, readonly Room[]>>> = { "exchange/ccxt": ["session"] };

/** Files that judge others must not reach them, not even through a third file. */
export const INDEPENDENT: readonly { readonly files: RegExp; readonly never: readonly Room[] }[] = [
  { files: /^src\/journal\/audit/, never: ["runner", ...EXCHANGES] },
];

/** The only room that imports a file whose name is known at run time: the loader of user strategies lives there. */
export const OPAQUE_IMPORT_ROOMS: readonly Room[] = ["session"];

/** Rooms that may name another room's file instead of its index: a command starts fast because it loads only the files it uses. */
export const FILE_NAMING_ROOMS: readonly Room[] = ["cli"];

/** Files that every room may name beside an index: errors, and where the own files lie, are needed before anything heavy is loaded. */
export const SIDE_DOORS: readonly string[] = ["src/domain/errors.ts", "src/session/own-files.ts"];

/** The room of a file given relative to the root with forward slashes; null where no room is meant to be. */
export function roomOf(file: string): Room | null {
  if (file === "src/index.ts") return "index";
  return ROOMS.find((room) => room !== "index" && file.startsWith(`src/${room}/`)) ?? null;
}
