// How many columns of a terminal a text takes: none for marks that sit on the letter before, two for East Asian letters and
// pictures. It knows no fonts.

const nothing = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]$/u;

/** @param text without escape codes and line breaks */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const letter of text) columns += nothing.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return columns;
}
