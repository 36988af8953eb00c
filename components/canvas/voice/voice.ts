/** Tells the painter by a sound or a notification that charges are back. Loaded when one of them is on. */
import type { PageWords } from '../../../lib/words/page-words.ts'
import type { CanvasParts } from '../canvas-context.ts'
import type { SessionState } from '../session/types.ts'
import { type ChargeEvent, chargeEvents } from './charge-event.ts'
import { claim } from './claim.ts'
import { closeNotifications, showNotification } from './notifications.ts'
import { playSound, unlockSound } from './sound.ts'

/** A visible tab speaks first: the painter looks at it, so it needs no notification. */
const hiddenWaitMs = 400

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const newToken = () => crypto.getRandomValues(new Uint32Array(2)).join('-')

/** The painter may have painted again while this tab waited. */
const isStillTrue = ({ kind }: ChargeEvent, { charges }: SessionState): boolean =>
  charges?.available != null && charges.available >= (kind === 'full' ? charges.max : 1)

export const watchCharges = ({ session, ui }: CanvasParts, words: PageWords): (() => void) => {
  const { t } = words

  const speak = async (event: ChargeEvent, state: SessionState) => {
    const { canvas } = state
    if (!canvas || event.kind !== ui.getState().ready) return
    const atMs = event.dueAtMs + session.serverNow() - session.now()
    if (document.hidden) await wait(hiddenWaitMs)
    if (!isStillTrue(event, session.store.getState())) return
    const toleranceMs = Math.max(250, Math.min(5_000, canvas.cooldownMs / 2))
    const options = { storage: localStorage, locks: navigator.locks as LockManager | undefined, newToken, wait }
    if (!(await claim(options, { name: `${canvas.id}.${event.kind}`, atMs, toleranceMs }))) return
    const { sound, notify } = ui.getState()
    if (sound) playSound()
    if (!notify || !document.hidden) return
    const title = t(event.kind === 'next' ? 'ready.next' : 'ready.full')
    await showNotification({ title, body: canvas.title, tag: tagOf(canvas.id) })
  }

  const onVisible = () => {
    const { canvas } = session.store.getState()
    if (!document.hidden && canvas) void closeNotifications(tagOf(canvas.id)).catch(() => undefined)
  }
  const onInput = () => {
    if (ui.getState().sound) unlockSound()
  }
  document.addEventListener('visibilitychange', onVisible)
  addEventListener('pointerdown', onInput)
  addEventListener('keydown', onInput)
  const unsubscribe = session.store.subscribe((state, before) => {
    if (state.charges === before.charges) return
    // A browser may refuse a sound or a notification at any time. Painting goes on.
    for (const event of chargeEvents(before.charges, state.charges, state.canvas?.cooldownMs ?? 0))
      void speak(event, state).catch(() => undefined)
  })
  return () => {
    unsubscribe()
    document.removeEventListener('visibilitychange', onVisible)
    removeEventListener('pointerdown', onInput)
    removeEventListener('keydown', onInput)
  }
}

const tagOf = (canvasId: string) => `fresco-${canvasId}`
