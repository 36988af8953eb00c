/** Texts of the pages are the only child of their element, so that a translated page still works, and come from the catalogues. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bareTextIn, literalTextIn } from './bare-text.ts'

const root = join(import.meta.dirname, '..')

test('every text of the pages is the only child of its element', () => {
  const files = globSync('{app,components}/**/*.tsx', { cwd: root })
  expect(files.length).toBeGreaterThan(20)
  const found = files.flatMap((file) =>
    bareTextIn(file, readFileSync(join(root, file), 'utf8')).map(({ line, code }) => `${file}:${line} ${code}`),
  )
  expect(found).toEqual([])
})

test.each([
  '<p>Next in <b>3</b></p>',
  '<p>{name} <b /></p>',
  '<p><i />{words.state}</p>',
  '<p>{a} {b}</p>',
  '<p>{count} pixels</p>',
  '<p><i />{label && label}</p>',
  "<p><i />{isOpen ? <b /> : 'closed'}</p>",
  '<p><i />{words ?? <b />}</p>',
  '<>{name}</>',
  '<>text</>',
  '<p>{isOpen ? <>{name}</> : null}</p>',
  '<p>{names.map((name) => name)}</p>',
  '<p><i />{names.map((name) => { return name })}</p>',
  '<Tooltip.Content>{label}</Tooltip.Content>',
  '<Card>{label}</Card>',
  '<p>{`count`}<b /></p>',
  '<p>{12}<b /></p>',
])('finds the bare text in %s', (code) => {
  expect(bareTextIn('example.tsx', `export const example = ${code}`)).not.toEqual([])
})

test.each([
  '<p>Saved.</p>',
  '<p>{name}</p>',
  "<p>{isOpen ? 'open' : <b>closed</b>}</p>",
  '<p><i />\n<b>{name}</b></p>',
  '<p><i />{isOpen && <b>open</b>}</p>',
  '<p><i />{isOpen ? <b>open</b> : null}</p>',
  '<ul>{names.map((name) => <li key={name}>{name}</li>)}</ul>',
  '<p><i />{/* why */}<b /></p>',
  '<div><Header />{children}</div>',
  '<div><Header />{this.props.children}</div>',
  '<Dialog.Title>{title}</Dialog.Title>',
])('finds none in %s', (code) => {
  expect(bareTextIn('example.tsx', `export const example = ${code}`)).toEqual([])
})

test('no component contains a text, and only the catalogues format numbers and times', () => {
  const files = globSync(['{app,components}/**/*.tsx', 'components/**/*.ts'], { cwd: root, exclude: ['**/*.test.ts'] })
  const found = files.flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8')
    const formatted = [...code.matchAll(/\.toLocale\w*String|\bIntl\.\w+/g)].map(([call]) => `${file} ${call}`)
    return [...literalTextIn(file, code).map(({ line, code: text }) => `${file}:${line} ${text}`), ...formatted]
  })
  expect(found).toEqual([])
})

test.each([
  '<p>Saved.</p>',
  "<p>{isOpen ? t('open') : 'Closed'}</p>",
  '<p>{`pixels`}</p>',
  '<p>{count + " pixels"}</p>',
  "<p>{words ?? 'Nothing'}</p>",
  '<img alt="A board" />',
  '<button aria-label={isOpen ? "Close" : t("open")} />',
  '<IconButton label="Grid" />',
  '<Notice {...{ text: "Your pixel is saved." }} />',
])('finds the text in %s', (code) => {
  expect(literalTextIn('example.tsx', `export const example = ${code}`)).not.toEqual([])
})

test.each([
  "<p>{t('saved')}</p>",
  '<p className="mt-3 Text">{count + " · " + t("pixels")}</p>',
  '<span>· </span>',
  '<i aria-hidden="true" data-state={isOpen ? "open" : "closed"} />',
  '<p>{count}</p>',
])('finds no text in %s', (code) => {
  expect(literalTextIn('example.tsx', `export const example = ${code}`)).toEqual([])
})
