/** Names that the field's terms (docs/GLOSSARY.md) have replaced are not used again: in code, file names, metrics or documents. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Each old name, and the word that replaces it. */
const oldNames: readonly (readonly [pattern: RegExp, use: string])[] = [
  [/\bsigns? of life\b|SignStore|signs-port/i, 'heartbeat, membership store'],
  [/last-things|publishRest|unlessBarred/, 'shutdown drain'],
  [/\bgathering\b|missedMs/i, 'commit batching'],
  [/\bcreatePace\b|\bpaceMs\b|\bearlyMs\b/, 'flush interval, publish interval'],
  [/steadyNow/, 'monotonicNow'],
  [/\bmissingOf\b|predecessorsOf/, 'replaced members'],
  [/\bisTold\b|\buntold\b|ToldCanvases/i, 'shouldLog, unsent, announced revisions'],
  [/ChargesTeller/, 'charge notifier'],
  [/\bcomplain(s|ts?|ed)?\b/i, 'throttled warnings, report'],
  [/createQuestion|\bQuestion\b/, 'single-flight probe'],
  [/OwnNumbers/, 'process metrics, statistics'],
  [/\b[Ss]tations?\b|[a-z]Stations?\b|Station[A-Z]/, 'pipeline stage'],
  [/\blanes?\b|fresco-lane/i, 'bypass'],
  [/FaultClock|\bamiss\b/, 'downtime'],
  [/createPlacer|\bplacers?\b/i, 'group-commit queue'],
  [/\bset(s|ting)? (\w+ )?aside\b|setAside/i, 'dead letter'],
  [/\bbur(y|ies|ied|ial|ials)\b|\bbury[A-Z]/i, 'dead letter, discard'],
  [/\breviv(e|es|ed|al)\b/i, 'requeue'],
  [/orBeforeMs|keepsToOwn/, 'tile ownership, steal-after'],
  [/\bSettles\b|TileShelf/, 'animations, tile store'],
  [/\bown pixels\b|OwnPixels/i, 'optimistic pixels'],
  [/\bjudg(e|es|ed|ing|ement)\b|\bjudge[A-Z]/i, 'classify, check, verdict'],
  [/\bwrongs\b|\bWrongs?\b(?= ?[{=])/, 'violations'],
  [/\bdeeds?\b|\bwish(es)?\b/i, 'actions, intents'],
  [/\bplant(s|ed)?\b/i, 'mutation'],
  [/(?<!history-)\bchecker\//, 'history-checker/'],
  [/redis-server\.ts/, 'test-redis.fixture.ts'],
  [/\bupkeep\b|\bhousekeeping\b/i, 'stream trimming, retention'],
]

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(tsx?|mjs|css|md|json|ya?ml|sh|service|example)$|\/[^.]+$/.test(path) && existsSync(join(root, path)))
  // Translations are in other languages.
  .filter((path) => !path.startsWith('lib/words/messages/'))
  .filter((path) => path !== 'package-lock.json' && !path.startsWith('bench/results/') && basename(path) !== basename(import.meta.filename))

test.each(oldNames)('nothing is named %s', (pattern, use) => {
  const found = files.flatMap((path) => {
    const lines = [path, ...readFileSync(join(root, path), 'utf8').split('\n')]
    return lines.flatMap((line, number) => {
      const name = pattern.exec(line)?.[0]
      return name === undefined ? [] : [`${path}:${number}: ${name}`]
    })
  })
  expect(found, `use: ${use}`).toEqual([])
})
