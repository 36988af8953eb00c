import type { Announcement } from './announcement.ts'
import { type Canvas, type CanvasSettings, settingsOf } from './canvas.ts'
import { tilesX, tilesY } from './geometry.ts'
import type { FinishedStep, ScheduledStep } from './schedule.ts'

type PublicSettings = Omit<CanvasSettings, 'announcement' | 'schedule' | 'finishedSteps' | 'archivedAtMs'>

/** A canvas in `GET /api/canvases/:id` and in the socket event `canvas`. Times are ISO 8601. */
export interface ShownCanvas
  extends PublicSettings,
    Omit<Canvas, keyof CanvasSettings | 'startCharges' | 'changedAtMs' | 'erasing' | 'origin'> {
  readonly protocol: 1
  readonly tilesX: number
  readonly tilesY: number
  /** Null for none. A page shows it until `until`. */
  readonly announcement: ShownAnnouncement | null
  /** When the schedule opens and closes the board next. Null when it does not. */
  readonly opensAt: string | null
  readonly closesAt: string | null
  readonly archivedAt: string | null
  /** Until its former data is removed. A board that is being deleted is shown so to admins, and in its last `canvas` event. */
  readonly erasing: NonNullable<Canvas['erasing']> | null
}

export interface ShownAnnouncement extends Pick<Announcement, 'id' | 'text' | 'level'> {
  readonly at: string
  readonly until: string | null
}

/** The socket event `announcement`. */
export interface AnnouncementEvent extends ShownAnnouncement {
  readonly canvas: Canvas['id']
}

/** A step as admins write and read it: the fields of its action beside `id` and `at`. */
export type ShownStep = ScheduledStep['action'] & { readonly id: string; readonly at: string }
export type ShownFinishedStep = ShownStep & { readonly ranAt: string; readonly error: string | null }

/** A canvas as an admin gets it. */
export interface AdminCanvas extends ShownCanvas {
  readonly startCharges: number
  /** The sockets that have joined it. */
  readonly online: number
  /** Pixels per second over the last ten seconds, in all processes. Null while it is unknown. */
  readonly perSecond: number | null
  readonly schedule: readonly ShownStep[]
  readonly finishedSteps: readonly ShownFinishedStep[]
}

const time = (ms: number) => new Date(ms).toISOString()
const timeOrNull = (ms: number | null | undefined) => (ms == null ? null : time(ms))

const showStep = ({ id, atMs, action }: ScheduledStep): ShownStep => ({ id, at: time(atMs), ...action })
const showFinishedStep = (step: FinishedStep): ShownFinishedStep => ({ ...showStep(step), ranAt: time(step.ranAtMs), error: step.error })

export const showAnnouncement = ({ id, text, level, atMs, untilMs }: Announcement): ShownAnnouncement => ({
  id,
  text,
  level,
  at: time(atMs),
  until: timeOrNull(untilMs),
})

export const showAdminCanvas = (canvas: Canvas, activity: Pick<AdminCanvas, 'online' | 'perSecond'>): AdminCanvas => ({
  ...showCanvas(canvas),
  startCharges: canvas.startCharges,
  ...activity,
  schedule: settingsOf(canvas).schedule.map(showStep),
  finishedSteps: settingsOf(canvas).finishedSteps.map(showFinishedStep),
})

export const showCanvas = (canvas: Canvas): ShownCanvas => {
  const { announcement, schedule, finishedSteps: _, archivedAtMs, ...settings } = settingsOf(canvas)
  const nextStep = (type: 'open' | 'close') => timeOrNull(schedule.find(({ action }) => action.type === type)?.atMs)
  return {
    protocol: 1,
    id: canvas.id,
    title: canvas.title,
    epoch: canvas.epoch,
    rev: canvas.rev,
    width: canvas.width,
    height: canvas.height,
    tileSize: canvas.tileSize,
    tilesX: tilesX(canvas),
    tilesY: tilesY(canvas),
    palette: canvas.palette,
    background: canvas.background,
    cooldownMs: canvas.cooldownMs,
    maxCharges: canvas.maxCharges,
    state: canvas.state,
    ...settings,
    announcement: announcement && showAnnouncement(announcement),
    opensAt: nextStep('open'),
    closesAt: nextStep('close'),
    archivedAt: timeOrNull(archivedAtMs),
    erasing: canvas.erasing ?? null,
  }
}
