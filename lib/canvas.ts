import type { Announcement } from './announcement.ts'
import type { Area } from './area.ts'
import type { CanvasId, Epoch } from './brand.ts'
import { colorNames } from './palette.ts'
import type { FinishedStep, ScheduledStep } from './schedule.ts'

export const canvasStates = ['open', 'paused', 'closed'] as const
export type CanvasState = (typeof canvasStates)[number]

export const visibilities = ['listed', 'link'] as const
/** `link`: the board is on no list, and everybody who has its address can open it. */
export type Visibility = (typeof visibilities)[number]

export const templateUploads = ['everyone', 'staff', 'off'] as const
/** Who may upload templates that others follow by a link. */
export type TemplateUploads = (typeof templateUploads)[number]

/** Older versions stored and sent a switch. */
export const templateUploadsOf = (value: TemplateUploads | boolean | undefined): TemplateUploads =>
  typeof value === 'string' ? value : value === false ? 'off' : 'everyone'

/** What a host may set beside size, colors and pace. A canvas that was stored by an older version has none of them. */
export interface CanvasSettings {
  /** For painters, in the subset of Markdown of `markdown.ts`. Empty for none. */
  readonly rules: string
  /** One for each color of the palette. A stored canvas may have fewer: the others have the default. */
  readonly colorNames: readonly string[]
  readonly visibility: Visibility
  /** How long a painter can undo a pixel; 0 for never. */
  readonly undoMs: number
  /** Whether the chosen color may follow a template. */
  readonly assist: boolean
  readonly templates: TemplateUploads
  /** Only staff can paint there. */
  readonly protectedAreas: readonly Area[]
  /** In a finale: the only color that can be placed. Null otherwise. */
  readonly onlyColor: number | null
  /** The newest announcement, also when it is over. */
  readonly announcement: Announcement | null
  /** The steps that have not run, by time. */
  readonly schedule: readonly ScheduledStep[]
  /** The newest steps that have run, newest first. */
  readonly finishedSteps: readonly FinishedStep[]
  /** When the board became an archive, which never opens again. Null otherwise. */
  readonly archivedAtMs: number | null
}

/** The size, colors and rules of a board. `rev` counts their changes. The palette and the size never shrink. */
export interface Canvas extends Partial<CanvasSettings> {
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
  /** Why the rows of the board's former epochs are being removed. Absent or null when they are not. */
  readonly erasing?: 'delete' | 'start_over' | null
  /** The epoch in which the board was created or last started over. A restore leaves it. Absent for the first board until it is started over. */
  readonly origin?: Epoch
}

/** What may change. The id, the tile size and the background never change. Only a restore and `erasing.ts` change the epoch. */
export type CanvasChange = Partial<
  Pick<Canvas, 'title' | 'width' | 'height' | 'palette' | 'cooldownMs' | 'maxCharges' | 'startCharges' | 'state'> & CanvasSettings
>

/** Whether the canvas is on the public list. */
export const isListed = ({ visibility = 'listed' }: Canvas) => visibility === 'listed'

/** All settings of a canvas, with the default of each one that it does not have. */
export const settingsOf = (canvas: Pick<Canvas, keyof CanvasSettings | 'palette'>): CanvasSettings => ({
  rules: canvas.rules ?? '',
  colorNames: colorNames(canvas.palette, canvas.colorNames),
  visibility: canvas.visibility ?? 'listed',
  undoMs: canvas.undoMs ?? 10_000,
  assist: canvas.assist ?? true,
  templates: templateUploadsOf(canvas.templates),
  protectedAreas: canvas.protectedAreas ?? [],
  onlyColor: canvas.onlyColor ?? null,
  announcement: canvas.announcement ?? null,
  schedule: canvas.schedule ?? [],
  finishedSteps: canvas.finishedSteps ?? [],
  archivedAtMs: canvas.archivedAtMs ?? null,
})

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
  maxCanvases: 64,
  maxRules: 4_000,
  maxColorName: 40,
  maxUndoMs: 60_000,
  maxProtectedAreas: 64,
  maxAnnouncement: 280,
  minLastsMs: 1_000,
  maxLastsMs: 30 * 86_400_000,
  maxSteps: 64,
  maxFinishedSteps: 64,
  /** Of the canvas as JSON, so that its control entry stays below 64 KiB. */
  maxSettingsBytes: 61_440,
} as const

/** Characters that end a line, turn the reading direction around, or are half of a character, which UTF-8 does not have. */
const noLineCharacter = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u
const visibleCharacter = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}]/u

/** Whether a text is one line that people can see. */
export const isLine = (text: string, maxCharacters: number) =>
  visibleCharacter.test(text) && !noLineCharacter.test(text) && [...text].length <= maxCharacters

/** Whether a text is empty or has any number of lines. */
export const isLines = (text: string, maxCharacters: number) =>
  !noLineCharacter.test(text.replaceAll(/[\n\t]/g, '')) && [...text].length <= maxCharacters

export const isCanvasTitle = (text: string) => isLine(text, canvasLimits.maxTitle)
export const isColorName = (text: string) => isLine(text, canvasLimits.maxColorName)

export const canvasIdPattern = /^[a-z0-9-]{1,32}$/
