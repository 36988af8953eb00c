/**
 * A recorded history: one JSON object a line, in the recorder's order. The checker has no other input. Any
 * program that uses the public contract can record one.
 *
 * Times (`at`) are milliseconds of one clock, the recorder's; only `logged` has the server's. Bytes are base64 of their raw deflate.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

export type WantedPixel = readonly [gx: number, gy: number, color: number]

/** What a client did with a frame, by the client rule of PROTOCOL.md. */
export type ClientAction = 'applied' | 'dropped' | 'gap'

export type Entry =
  /** At the start, and once more at the end, when it may have grown. */
  | {
      readonly k: 'canvas'
      readonly epoch: string
      readonly width: number
      readonly height: number
      readonly tileSize: number
      readonly palette: readonly string[]
      readonly background: number
      readonly cooldownMs: number
      /** The most charges of a painter, and the charges at the start. */
      readonly charges: number
    }
  /** One intent. Repetitions with the same key are the same attempt. */
  | { readonly k: 'attempt'; readonly op: number; readonly at: number; readonly by: string; readonly pixels: readonly WantedPixel[] }
  /** Saved: the ids of the placements, null for each pixel that was refused. */
  | { readonly k: 'acknowledged'; readonly op: number; readonly at: number; readonly ids: readonly (string | null)[] }
  /** A definite answer that nothing was saved. */
  | { readonly k: 'refused'; readonly op: number; readonly code: string }
  /** No definite answer: saved or not. `last` is the answer to the newest repetition. An attempt without a further entry is unknown, too. */
  | { readonly k: 'unknown'; readonly op: number; readonly last?: string }
  /** A painter asks to undo these placements. Repetitions are the same entry. */
  | { readonly k: 'undoing'; readonly ids: readonly string[] }
  /** These were answered as undone. */
  | { readonly k: 'undone'; readonly ids: readonly string[] }
  /** A packed frame that a client received. `before` is the seq of the client. */
  | {
      readonly k: 'frame'
      readonly w: number
      /** For latencies only. */
      readonly at?: number
      readonly tile: number
      readonly from: number
      readonly to: number
      readonly data: string
      readonly did: ClientAction
      readonly before: number
    }
  /** A commit that a client received as JSON events; `whole` if all `count` of them arrived. */
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
  /** What a client shows at this moment. `last`: at the end, after the time to catch up. */
  | {
      readonly k: 'shown'
      readonly w: number
      readonly tile: number
      readonly seq: number
      readonly bytes: string
      readonly last: boolean
    }
  /** The final log, each tile's commits in order. `by` is empty where an undo shows the background again. */
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
  /** A change of the canvas was saved, which has this rev since. */
  | { readonly k: 'changed'; readonly rev: number }
  /** A client moved over the entries `from..to` of the control log. A replay left out skipped ones. */
  | {
      readonly k: 'change'
      readonly w: number
      readonly from: number
      readonly to: number
      readonly rev: number
      readonly did: 'applied' | 'skipped' | 'reloaded'
    }
  /** A client has a canvas of this size, with so many colors, from now on. */
  | { readonly k: 'grown'; readonly w: number; readonly width: number; readonly height: number; readonly colors: number }
  /** The seq in the control log at which a client ends, and the rev of the canvas in the end. */
  | { readonly k: 'changesShown'; readonly w: number; readonly seq: number }
  | { readonly k: 'finalRev'; readonly rev: number }
  /** A step was added to the schedule of the canvas. */
  | { readonly k: 'stepScheduled'; readonly id: string }
  /** The entry of the control log with this seq has the change of a step. */
  | { readonly k: 'stepRan'; readonly id: string; readonly seq: number }
  /** A step has left the schedule as finished · is in the final schedule. */
  | { readonly k: 'stepFinished' | 'stepWaits'; readonly id: string }
  /** The pixels of the database, read directly, after the system has come to rest. */
  | { readonly k: 'database'; readonly tile: number; readonly bytes: string }

/** Entries in order. It may be called several times. */
export type History = () => Iterable<Entry>

export const packBytes = (bytes: Uint8Array): string => deflateRawSync(bytes, { level: 1 }).toString('base64')
export const unpackBytes = (text: string): Uint8Array => inflateRawSync(Buffer.from(text, 'base64'))

const bufferedBytes = 256 * 1024

/** Writes a history. Buffered entries are lost unless `close` is called. */
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

/** Reads a history from a file, piece by piece. @throws if a line is not an entry. */
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
