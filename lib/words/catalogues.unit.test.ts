/** Every catalogue has the English keys, and each message has the English arguments. */
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { expect, test } from 'vitest'
import { en } from './en.ts'
import { enOperations } from './en-operations.ts'
import { formats } from './formats.ts'
import { type Messages, pseudoCatalogue, pseudoMessage } from './testing/pseudo-locale.ts'

/** Each English catalogue, and its translations by language. A new language is added here, too. */
const catalogues: readonly { name: string; english: Messages; translations: Readonly<Record<string, Messages>> }[] = [
  { name: 'page', english: en, translations: { pseudo: pseudoCatalogue(en) } },
  { name: 'operations', english: enOperations, translations: { pseudo: pseudoCatalogue(enOperations) } },
]

const messagesOf = (messages: Messages, path = ''): [key: string, message: string][] =>
  Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : messagesOf(value, `${path}${key}.`),
  )

/** Names and kinds of the arguments: `{count, plural, …}` is `count plural`. */
const argumentsOf = (message: string): string[] => {
  const found = new Set<string>()
  const visit = (elements: readonly MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue
      found.add(`${element.value} ${TYPE[element.type]}`)
      if (element.type === TYPE.tag) visit(element.children)
      if (element.type === TYPE.plural || element.type === TYPE.select) for (const { value } of Object.values(element.options)) visit(value)
    }
  }
  visit(parse(message))
  return [...found].sort()
}

/** Number and time styles are looked up by name, and an unknown name would silently be the default. */
const unknownStylesIn = (message: string): string[] =>
  [...message.matchAll(/, (number|time|date), (\w+)\}/g)].flatMap(([, kind, style = '']) => {
    const known: object = kind === 'number' ? formats.number : formats.dateTime
    return Object.hasOwn(known, style) ? [] : [style]
  })

test.each(catalogues)('every language has the keys and arguments of the $name catalogue', ({ english, translations }) => {
  const expected = messagesOf(english).map(([key, message]) => ({ key, arguments: argumentsOf(message) }))
  for (const [language, messages] of Object.entries(translations)) {
    const found = messagesOf(messages).map(([key, message]) => ({ key, arguments: argumentsOf(message) }))
    expect(found, language).toEqual(expected)
  }
})

test.each(catalogues)('every message of the $name catalogue is valid ICU with known styles', ({ english }) => {
  for (const [key, message] of messagesOf(english)) {
    expect(message.trim(), key).toBe(message)
    expect(message, key).not.toBe('')
    expect(unknownStylesIn(message), key).toEqual([])
  }
})

test('the check of arguments finds a missing one and another kind', () => {
  expect(argumentsOf('{count, plural, one {# pixel of {name}} other {# pixels}}')).toEqual(['count plural', 'name argument'])
  expect(argumentsOf('{count, number}')).not.toEqual(argumentsOf('{count}'))
  expect(unknownStylesIn('{ms, number, hole} ms')).toEqual(['hole'])
  expect(() => argumentsOf('{count, plural, one {# pixel}')).toThrow()
})

test('the pseudo-locale brackets every message, keeps its arguments and is about a third longer', () => {
  expect(pseudoMessage('{count, plural, one {# pixel} other {# pixels}} waiting')).toBe(
    '⟦{count,plural,one{# pïïxééł} other{# pïïxééłš}} wååïïţïïñğ⟧',
  )
  const lengths = [...messagesOf(en), ...messagesOf(enOperations)].map(
    ([, message]) => [message.length, pseudoMessage(message).length] as const,
  )
  const [english, pseudo] = lengths.reduce(([a, b], [one, other]) => [a + one, b + other], [0, 0])
  expect(pseudo / english).toBeGreaterThan(1.25)
})
