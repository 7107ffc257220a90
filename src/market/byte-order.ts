// How this machine orders the bytes of a number. Little-endian columns may then be taken as they lie in a file, or hashed as they lie
// in memory; every other machine takes the road that turns them.

export const isLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
