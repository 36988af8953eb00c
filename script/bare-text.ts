/**
 * Finds text that has siblings in JSX. Translators and extensions replace text nodes behind React's back; React then throws when it
 * removes or moves such a text. Text that is its element's only child is safe: React sets it through the element.
 */
import { parseSync } from 'oxc-parser'

interface Node {
  readonly type: string
  readonly start: number
}
type Fields = Node & Record<string, unknown>

export interface BareText {
  readonly line: number
  readonly code: string
}

/** Components that put their children alone into one element. */
const wrapping = /^(Ring|(Alert)?Dialog\.(Title|Description|Action|Cancel|Close))$/

export const bareTextIn = (path: string, code: string): BareText[] => {
  const { program, errors } = parseSync(path, code, { preserveParens: false })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const found: Node[] = []
  walk(program, (node) => {
    if (node.type !== 'JSXElement' && node.type !== 'JSXFragment') return
    const children = (node['children'] as Fields[]).filter(isShown)
    const isSafe = children.length === 1 && mayHoldText(node) ? isOneText : isElement
    found.push(...children.filter((child) => !isSafe(child)))
  })
  return found.map(({ start }) => ({ line: code.slice(0, start).split('\n').length, code: code.slice(start).split('\n')[0] ?? '' }))
}

const walk = (value: unknown, visit: (node: Fields) => void) => {
  if (typeof value !== 'object' || value === null) return
  if ('type' in value) visit(value as Fields)
  for (const part of Object.values(value)) walk(part, visit)
}

const mayHoldText = (node: Fields) => {
  if (node.type !== 'JSXElement') return false
  const name = nameOf((node['openingElement'] as Fields)['name'] as Fields)
  return /^[a-z]/.test(name) || wrapping.test(name)
}

const nameOf = (name: Fields): string =>
  name.type === 'JSXMemberExpression' ? `${nameOf(name['object'] as Fields)}.${nameOf(name['property'] as Fields)}` : String(name['name'])

/** Not the line breaks between elements, nor comments. */
const isShown = (child: Fields) => {
  if (child.type === 'JSXText') return !/^\s*\n\s*$/.test(String(child['value']))
  return child.type !== 'JSXExpressionContainer' || (child['expression'] as Node).type !== 'JSXEmptyExpression'
}

const listCallback = (node: Fields): Fields | null => {
  if (node.type !== 'CallExpression') return null
  const property = (node['callee'] as Fields)['property'] as Fields | undefined
  return /^(flatM|m)ap$/.test(String(property?.['name'])) ? ((node['arguments'] as Fields[])[0] ?? null) : null
}

/** Text or elements, but no list of texts. */
const isOneText = (node: Fields): boolean => {
  if (node.type === 'JSXExpressionContainer') return isOneText(node['expression'] as Fields)
  return listCallback(node) === null || isElement(node)
}

/** Whether the source shows that this is an element, or nothing. */
const isElement = (node: Fields): boolean => {
  const is = (name: string) => isElement(node[name] as Fields)
  switch (node.type) {
    case 'JSXElement':
    case 'JSXFragment':
      return true
    case 'JSXExpressionContainer':
      return is('expression')
    case 'Literal':
      return node['value'] === null || typeof node['value'] === 'boolean'
    case 'Identifier':
      return node['name'] === 'children' || node['name'] === 'undefined'
    case 'MemberExpression':
      return is('property')
    case 'ConditionalExpression':
      return is('consequent') && is('alternate')
    case 'LogicalExpression':
      return is('right') && (node['operator'] === '&&' || is('left'))
    case 'CallExpression': {
      const callback = listCallback(node)
      return callback !== null && returnsElements(callback)
    }
    default:
      return false
  }
}

const returnsElements = (callback: Fields): boolean => {
  const body = callback['body'] as Fields | undefined
  if (body?.type !== 'BlockStatement') return body !== undefined && isElement(body)
  const returned = (body['body'] as Fields[]).filter(({ type }) => type === 'ReturnStatement')
  return returned.length > 0 && returned.every((statement) => isElement(statement['argument'] as Fields))
}

/** Attributes that a person reads or that a screen reader announces. */
const readAttributes = /^(aria-(label|description|placeholder|roledescription|valuetext)|alt|label|placeholder|title)$/

/** Finds texts that are written in a component instead of a catalogue (`lib/words/`). */
export const literalTextIn = (path: string, code: string): BareText[] => {
  const { program, errors } = parseSync(path, code, { preserveParens: false })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  const found = new Map<number, Node>()
  const report = (value: unknown) => {
    for (const node of literalsOf(value)) found.set(node.start, node)
  }
  walk(program, (node) => {
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') report(node['children'])
    if (node.type === 'JSXAttribute' && readAttributes.test(String((node['name'] as Fields)['name']))) report(node['value'])
    if (node.type === 'VariableDeclarator' || node.type === 'Property') report(sentenceOf(node['init'] ?? node['value']))
  })
  return [...found.values()].map(({ start }) => ({
    line: code.slice(0, start).split('\n').length,
    code: code.slice(start).split('\n')[0] ?? '',
  }))
}

/** A literal that reads as a sentence, wherever it is assigned: a capital letter and several words. */
const sentenceOf = (value: unknown): Fields | null => {
  const node = value as Fields | null
  return node?.type === 'Literal' && /^\p{Lu}\S*(\s+\S+){2,}/u.test(String(node['value'])) ? node : null
}

/** The literals with words that an expression or a child can become. Elements inside are looked at by themselves. */
const literalsOf = (value: unknown): Node[] => {
  if (Array.isArray(value)) return value.flatMap(literalsOf)
  const node = value as Fields | null
  const of = (...names: string[]) => names.flatMap((name) => literalsOf(node?.[name]))
  switch (node?.type) {
    case 'JSXText':
    case 'Literal':
      return typeof node['value'] === 'string' && hasWord(node['value']) ? [node] : []
    case 'TemplateLiteral':
      return [...(node['quasis'] as Fields[]).filter((part) => hasWord((part['value'] as { cooked: string }).cooked)), ...of('expressions')]
    case 'JSXExpressionContainer':
      return of('expression')
    case 'ConditionalExpression':
      return of('consequent', 'alternate')
    case 'LogicalExpression':
      return node['operator'] === '&&' ? of('right') : of('left', 'right')
    case 'BinaryExpression':
      return node['operator'] === '+' ? of('left', 'right') : []
    default:
      return []
  }
}

const hasWord = (text: string) => /\p{L}/u.test(text)
