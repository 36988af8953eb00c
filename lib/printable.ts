/**
 * Makes text from outside safe for a terminal or a log line. Characters that could move the cursor, change a color, start a line or
 * change the reading direction become escapes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are escaped
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cs}/gu

const escapeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Returns one line. A text that is longer than `maxLength` is cut and ends with "…". */
export const printable = (text: string, maxLength = 1_000): string => {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
  return cut.replace(unsafe, escapeOf)
}

/** Escapes each line and keeps the line breaks. */
export const printableLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line, Number.POSITIVE_INFINITY))
    .join('\n')
