import type { CanvasId, Epoch } from './brand.ts'

export const canvasStates = ['open', 'paused', 'closed'] as const
export type CanvasState = (typeof canvasStates)[number]

/** A board: its size, its colours and its rules. `rev` counts its changes; the palette and the size only ever grow. */
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
  /** Milliseconds until one charge is back; 0 means that there is no limit. */
  readonly cooldownMs: number
  readonly maxCharges: number
  /** Charges that a newcomer starts with. */
  readonly startCharges: number
  readonly state: CanvasState
}

/** What a change of a canvas may set. Its id, tile size and background are for life; its epoch changes by `restore` only. */
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
} as const

export const canvasIdPattern = /^[a-z0-9-]{1,32}$/
