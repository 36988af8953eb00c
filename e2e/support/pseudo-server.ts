/** Loaded before a test's server. It replaces the English catalogues in the pages that the server renders. */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { pseudoChunk } from './pseudo-chunks.ts'

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.startsWith('file:') || !url.includes('/.next/server/chunks/')) return loaded
    return { ...loaded, source: pseudoChunk(String(loaded.source ?? readFileSync(fileURLToPath(url), 'utf8'))) }
  },
})
