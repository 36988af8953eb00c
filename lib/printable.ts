/**
 * Text from outside, for a terminal or a line of a log. Whatever could move a cursor, change a colour, begin a line or turn the direction of
 * reading is written as an escape.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it is about.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** On one line. What is longer than `maxLength` is cut, with a mark. */
export const printable = (text: string, maxLength = 1_000): string => {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return cut.replace(unsafe, escapeOf)
}

/** The same for several lines. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n')
