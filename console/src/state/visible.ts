// What people of another party wrote, with every letter that is unseen or steers its neighbours
// shown as ⟨U+202E⟩: the same rule by which the node shows words (`domain/line/letters.py`).

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
const MARKS_PER_LETTER_MAX = 4;
/** Row feed, and the two joiners without which some scripts are misspelt. */
const SHOWN_AS_THEY_ARE = "\n\u200c\u200d";

export function visible(text: string): string {
  if (/^[\n\x20-\x7e]*$/.test(text)) return text;
  let shown = "";
  let marks = 0;
  for (const letter of text) {
    marks = MARK.test(letter) ? marks + 1 : 0;
    const isSeen = SHOWN_AS_THEY_ARE.includes(letter) || !UNSEEN.test(letter);
    const isPlain = isSeen && marks <= MARKS_PER_LETTER_MAX;
    shown += isPlain ? letter : `⟨U+${codeOf(letter)}⟩`;
  }
  return shown;
}

function codeOf(letter: string): string {
  return (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
