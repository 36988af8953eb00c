/**
 * Replaces the English catalogues by the pseudo-locale in the built code. The product does not contain it: requests for the browser's
 * chunks get a changed answer (`showPseudoLocale`), and the server's chunks change when they are loaded (`pseudo-server.ts`).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { parseSync } from 'oxc-parser'
import { en } from '../../lib/words/en.ts'
import { enOperations } from '../../lib/words/en-operations.ts'
import { type Messages, pseudoCatalogue } from '../../lib/words/testing/pseudo-locale.ts'

const catalogues: readonly { english: Messages; pseudo: Messages; sample: string }[] = [
  { english: en, pseudo: pseudoCatalogue(en), sample: en.page.description },
  { english: enOperations, pseudo: pseudoCatalogue(enOperations), sample: enOperations.signIn.body },
]

type Node = { type: string; start: number; end: number } & Record<string, unknown>

/** The code with the catalogues in the pseudo-locale. Throws if a message is not found. */
export const pseudoChunk = (code: string): string => {
  const present = catalogues.filter(({ sample }) => code.includes(sample))
  if (present.length === 0) return code
  const { program, errors } = parseSync('chunk.js', code)
  if (errors.length > 0) throw new Error(errors[0]?.message)
  const edits: { start: number; end: number; text: string }[] = []
  walk(program, (node) => {
    const catalogue = present.find(({ english }) => isCatalogue(node, english))
    if (catalogue) edits.push(...editsOf(program, node, catalogue))
  })
  if (edits.length === 0) throw new Error('a chunk has a catalogue whose object was not found')
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, text }) => result.slice(0, start) + text + result.slice(end), code)
}

const propertiesOf = (node: Node): ReadonlyMap<string, Node> =>
  new Map(
    (node['properties'] as Node[]).flatMap(({ type, key, value }) => {
      if (type !== 'Property') return []
      const { name, value: literal } = key as { name?: string; value?: unknown }
      return [[name ?? String(literal), value as Node]]
    }),
  )

const isCatalogue = (node: Node, english: Messages) => {
  if (node.type !== 'ObjectExpression') return false
  const properties = propertiesOf(node)
  return Object.keys(english).every((key) => properties.has(key))
}

/** The value itself, or what the variable of its name is declared as: the build keeps a part that two modules use in a variable. */
const declared = (program: unknown, value: Node, english: Messages): Node | undefined => {
  if (value.type !== 'Identifier') return value
  let found: Node | undefined
  walk(program, (node) => {
    const { id, init } = node as unknown as { id?: { name?: string }; init?: Node | null }
    if (node.type === 'VariableDeclarator' && id?.name === value['name'] && init && isCatalogue(init, english)) found = init
  })
  return found
}

const editsOf = (
  program: unknown,
  node: Node,
  { english, pseudo }: { english: Messages; pseudo: Messages },
): { start: number; end: number; text: string }[] => {
  const properties = propertiesOf(node)
  return Object.entries(pseudo).flatMap(([key, value]) => {
    const property = properties.get(key)
    const part = english[key]
    const found = property && (typeof part === 'object' ? declared(program, property, part) : property)
    if (!found) throw new Error(`the message ${key} is missing in a chunk`)
    if (typeof value === 'string' || typeof part !== 'object') return [{ start: found.start, end: found.end, text: JSON.stringify(value) }]
    return editsOf(program, found, { english: part, pseudo: value })
  })
}

const walk = (value: unknown, visit: (node: Node) => void) => {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value) visit(value as Node)
  for (const part of Object.values(value)) walk(part, visit)
}

/** The environment of a server whose pages are in the pseudo-locale. */
export const pseudoServerEnv = {
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('pseudo-server.ts', import.meta.url))}`,
  // Servers of other tests must not use this compiled code.
  NODE_COMPILE_CACHE: '',
}

const changed = new Map<string, string>()

/** Makes a page load its code in the pseudo-locale. */
export const showPseudoLocale = (page: Page) =>
  page.route('**/_next/static/chunks/*.js', (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname).replace('/_next/', '.next/')
    const body = changed.get(path) ?? pseudoChunk(readFileSync(join(import.meta.dirname, '../..', path), 'utf8'))
    changed.set(path, body)
    return route.fulfill({ contentType: 'text/javascript; charset=utf-8', body })
  })
