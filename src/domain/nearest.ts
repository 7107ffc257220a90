// The nearest known word to a misspelt one, for hints in error messages. It only suggests: nothing may ever accept the
// suggestion in place of what the user wrote.

/**
 * The candidate with the smallest edit distance to `word` (insert, delete, replace, swap of neighbours; case and the
 * separators - _ ignored), or null when none is near: more than a third of the longer word, at least one edit allowed.
 * Of equally near candidates the first in `candidates` wins.
 */
export function nearestKey(word: string, candidates: readonly string[]): string | null {
  const wanted = plain(word);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = plain(candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    if (Math.abs(wanted.length - known.length) > limit) continue;
    const distance = editDistance(wanted, known);
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

// A key of a hostile file may be megabytes long; nothing near a real key is longer than this.
const longestWord = 64;

function plain(word: string): string {
  return word
    .slice(0, longestWord)
    .toLowerCase()
    .replace(/[-_\s]/g, "");
}

/** Optimal string alignment distance: three rows of the classic table. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
