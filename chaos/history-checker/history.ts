/**
 * A recorded history: one JSON object a line, in the order in which things happened to whoever recorded it. It is all that the checker
 * knows. Whoever records may be any program that speaks the public contract.
 *
 * Times (`at`) are milliseconds of one clock, the recorder's; only `logged` carries the server's. Bytes are base64 of their raw deflate.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

export type WantedPixel = readonly [gx: number, gy: number, color: number]

/** What a client did with what it got: the client's rule of PROTOCOL.md. */
export type ClientAction = 'applied' | 'dropped' | 'gap'

export type Entry =
  | {
      readonly k: 'canvas'
      readonly epoch: string
      readonly width: number
      readonly height: number
      readonly tileSize: number
      readonly palette: readonly string[]
      readonly background: number
      readonly cooldownMs: number
      /** What a painter may hold at the most, and begins with. */
      readonly charges: number
    }
  /** One intent: its repetitions with the same key are the same attempt. */
  | { readonly k: 'attempt'; readonly op: number; readonly at: number; readonly by: string; readonly pixels: readonly WantedPixel[] }
  /** Saved: the placements' ids, null for each pixel that was refused. */
  | { readonly k: 'acknowledged'; readonly op: number; readonly at: number; readonly ids: readonly (string | null)[] }
  /** A clear answer that nothing of it was saved. */
  | { readonly k: 'refused'; readonly op: number; readonly code: string }
  /** No clear answer ever came: saved, or not; `last` is what the newest repetition was told. An attempt without any further entry counts as unknown, too. */
  | { readonly k: 'unknown'; readonly op: number; readonly last?: string }
  /** A packed frame that a client got. `before` is the seq at which the client stood. */
  | {
      readonly k: 'frame'
      readonly w: number
      /** For latencies; the checker needs none. */
      readonly at?: number
      readonly tile: number
      readonly from: number
      readonly to: number
      readonly data: string
      readonly did: ClientAction
      readonly before: number
    }
  /** A commit that a client got as JSON events; `whole` when all `count` of them came. */
  | {
      readonly k: 'commit'
      readonly w: number
      readonly at?: number
      readonly tile: number
      readonly seq: number
      readonly whole: boolean
      readonly pixels: readonly (readonly [gx: number, gy: number, color: string, id: string])[]
      readonly did: ClientAction
      readonly before: number
    }
  /** A board that a client fetched and shows from now on. */
  | { readonly k: 'board'; readonly w: number; readonly tile: number; readonly epoch: string; readonly seq: number; readonly bytes: string }
  /** What a client shows at this moment; `last`: at the end, when it has had its time to catch up. */
  | {
      readonly k: 'shown'
      readonly w: number
      readonly tile: number
      readonly seq: number
      readonly bytes: string
      readonly last: boolean
    }
  /** The final log, each tile's commits in order. */
  | {
      readonly k: 'logged'
      readonly tile: number
      readonly epoch: string
      readonly seq: number
      readonly atMs: number
      readonly cause: string
      readonly pixels: readonly (readonly [gx: number, gy: number, color: number, by: string, id: string])[]
    }
  /** A dead letter: the log has an empty `skipped` commit at its seq. */
  | { readonly k: 'dead'; readonly id: string; readonly tile: number; readonly seq: number }
  /** A final board, as an API serves it. */
  | {
      readonly k: 'final'
      readonly source: string
      readonly tile: number
      readonly epoch: string
      readonly seq: number
      readonly bytes: string
    }
  /** The pixels of the database, read past the server, after everything had come to rest. */
  | { readonly k: 'database'; readonly tile: number; readonly bytes: string }

/** Entries in order; may be asked for more than once. */
export type History = () => Iterable<Entry>

export const packBytes = (bytes: Uint8Array): string => deflateRawSync(bytes, { level: 1 }).toString('base64')
export const unpackBytes = (text: string): Uint8Array => inflateRawSync(Buffer.from(text, 'base64'))

const bufferedBytes = 256 * 1024

/** Writes a history. What is buffered is lost unless `close` is called. */
export class HistoryWriter {
  readonly file: string
  readonly #descriptor: number
  #lines: string[] = []
  #length = 0

  constructor(file: string) {
    this.file = file
    this.#descriptor = openSync(file, 'w')
  }

  add(entry: Entry) {
    const line = `${JSON.stringify(entry)}\n`
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length >= bufferedBytes) this.#flush()
  }

  close() {
    this.#flush()
    closeSync(this.#descriptor)
  }

  #flush() {
    writeSync(this.#descriptor, this.#lines.join(''))
    this.#lines = []
    this.#length = 0
  }
}

/** Reads a history from a file, a piece at a time. @throws when a line is none of ours. */
export const historyIn = (file: string): History =>
  function* () {
    const descriptor = openSync(file, 'r')
    try {
      const piece = Buffer.alloc(bufferedBytes)
      const decoder = new StringDecoder('utf8')
      let rest = ''
      for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece)) {
        const lines = (rest + decoder.write(piece.subarray(0, read))).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) yield JSON.parse(line) as Entry
      }
      if (rest !== '') throw new Error('the history ends in the middle of a line')
    } finally {
      closeSync(descriptor)
    }
  }
