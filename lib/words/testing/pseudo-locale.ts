/** A language for tests: each message has brackets and accents and is a third longer. A text without brackets is not translated. */
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { printAST } from '@formatjs/icu-messageformat-parser/printer.js'

const accents: Readonly<Record<string, string>> = {
  ...{ a: 'å', e: 'é', i: 'ï', o: 'ø', u: 'ü', y: 'ý', c: 'ç', n: 'ñ', s: 'š', z: 'ž', d: 'ð', l: 'ł', r: 'ř', t: 'ţ', g: 'ğ' },
  ...{ A: 'Å', E: 'É', I: 'Ï', O: 'Ø', U: 'Ü', C: 'Ç', N: 'Ñ', S: 'Š', Z: 'Ž', D: 'Ð', L: 'Ł', R: 'Ř', T: 'Ţ', G: 'Ğ', P: 'Þ' },
}
/** Each vowel is doubled. About a third of the letters of an English text are vowels. */
const vowels = /[aeiou]/gi

const pseudoText = (text: string) =>
  text.replace(vowels, (vowel) => vowel + vowel).replace(/[a-z]/gi, (letter) => accents[letter] ?? letter)

const pseudoElement = (element: MessageFormatElement): MessageFormatElement => {
  if (element.type === TYPE.literal) return { ...element, value: pseudoText(element.value) }
  if (element.type !== TYPE.plural && element.type !== TYPE.select) return element
  const options = Object.entries(element.options).map(([name, option]) => [name, { ...option, value: option.value.map(pseudoElement) }])
  return { ...element, options: Object.fromEntries(options) } as MessageFormatElement
}

export const pseudoMessage = (message: string): string => `⟦${printAST(parse(message).map(pseudoElement))}⟧`

export interface Messages {
  readonly [key: string]: string | Messages
}

export const pseudoCatalogue = (messages: Messages): Messages =>
  Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [key, typeof value === 'string' ? pseudoMessage(value) : pseudoCatalogue(value)]),
  )
