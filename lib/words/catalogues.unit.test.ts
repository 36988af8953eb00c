/** Every catalogue has the English keys, and each message has the English arguments. */
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser'
import { expect, test } from 'vitest'
import { en } from './en.ts'
import { enOperations } from './en-operations.ts'
import { formats } from './formats.ts'
import { languageNames, languages } from './language.ts'
import { pageCatalogues } from './page-catalogues.ts'
import { createPageWords } from './page-words.ts'
import { type Messages, pseudoCatalogue, pseudoMessage } from './testing/pseudo-locale.ts'

/** Each English catalogue, and its translations by language. */
const catalogues: readonly { name: string; english: Messages; translations: Readonly<Record<string, Messages>> }[] = [
  { name: 'page', english: en, translations: { pseudo: pseudoCatalogue(en), ...pageCatalogues } },
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

/** The options of each plural in a message. */
const pluralsOf = (elements: readonly MessageFormatElement[]): object[] =>
  elements.flatMap((element) => {
    if (element.type === TYPE.tag) return pluralsOf(element.children)
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return []
    const inner = Object.values(element.options).flatMap(({ value }) => pluralsOf(value))
    return element.type === TYPE.plural ? [element.options, ...inner] : inner
  })

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

const argument = (kind: string, count: number) => (kind.endsWith(' date') || kind.endsWith(' time') ? new Date(0) : count)

test.each(languages)('S5 every message in %s has a text for each count, with no part left in English braces', (language) => {
  for (const [key, message] of messagesOf(pageCatalogues[language])) {
    expect(message.trim(), key).toBe(message)
    expect(unknownStylesIn(message), key).toEqual([])
    for (const count of [0, 1, 2, 5, 21, 1e6]) {
      const values = Object.fromEntries(argumentsOf(message).map((kind) => [kind.split(' ')[0], argument(kind, count)]))
      const { t } = createPageWords(language, pageCatalogues[language])
      const text = (t as (name: string, values: object) => string)(key, values)
      expect(text, `${key} ${count}`).not.toBe('')
      expect(text, `${key} ${count}`).not.toMatch(/[{}]/)
      expect(text, `${key} ${count}`).not.toBe(key)
    }
  }
})

test('S5 every language has a plural form for each number that it distinguishes', () => {
  for (const language of languages) {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    for (const [key, message] of messagesOf(pageCatalogues[language])) {
      const options = pluralsOf(parse(message))
      for (const option of options) {
        const isSame = Object.keys(option).every((form) => form === 'other' || form.startsWith('='))
        if (!isSame)
          expect(
            Object.keys(option)
              .filter((form) => !form.startsWith('='))
              .sort(),
            `${language} ${key}`,
          ).toEqual([...forms].sort())
      }
    }
  }
})

test('S5 the names of the languages are in the order of their codes', () => expect(Object.keys(languageNames)).toEqual([...languages]))

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
