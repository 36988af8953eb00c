import type { CanvasId, Epoch } from './brand.ts'

export const canvasStates = ['open', 'paused', 'closed'] as const
export type CanvasState = (typeof canvasStates)[number]

/** The size, colors and rules of a board. `rev` counts their changes. The palette and the size never shrink. */
export interface Canvas {
  readonly id: CanvasId
  readonly title: string
  readonly epoch: Epoch
  readonly rev: number
  readonly width: number
  readonly height: number
  readonly tileSize: number
  /** `#RRGGBB`, upper case, 2 to 256 of them. */
  readonly palette: readonly string[]
  readonly background: number
  /** The time in which a painter gains one charge; 0 means that there is no limit. */
  readonly cooldownMs: number
  readonly maxCharges: number
  /** The charges of a painter who has not painted yet. */
  readonly startCharges: number
  readonly state: CanvasState
  /** When `rev` was last raised, by the hybrid clock. Absent before the first change. */
  readonly changedAtMs?: number
}

/** What may change. The id, the tile size and the background never change, and only a restore changes the epoch. */
export type CanvasChange = Partial<
  Pick<Canvas, 'title' | 'width' | 'height' | 'palette' | 'cooldownMs' | 'maxCharges' | 'startCharges' | 'state'>
>

export const canvasLimits = {
  minSide: 1,
  maxSide: 16_384,
  minTileSize: 64,
  maxTileSize: 1_024,
  minColors: 2,
  maxColors: 256,
  maxTitle: 80,
  maxCooldownMs: 86_400_000,
  maxCharges: 10_000,
} as const

/** Characters that end a line, turn the reading direction around, or are half of a character, which UTF-8 does not have. */
const noTitleCharacter = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u
const visibleCharacter = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u

export const isCanvasTitle = (text: string) =>
  visibleCharacter.test(text) && !noTitleCharacter.test(text) && [...text].length <= canvasLimits.maxTitle

export const canvasIdPattern = /^[a-z0-9-]{1,32}$/
