/** Loads the sounds and notifications while one of them is on. */
import type { PageWords } from '../../../lib/words/page-words.ts'
import type { CanvasParts } from '../canvas-context.ts'

export const startVoice = (parts: CanvasParts, words: PageWords): (() => void) => {
  let isStopped = false
  let stop: (() => void) | 'loading' | null = null
  const load = () => {
    const { sound, notify } = parts.ui.getState()
    if (stop !== null || (!sound && !notify)) return
    stop = 'loading'
    import('./voice.ts').then(
      ({ watchCharges }) => {
        stop = isStopped ? null : watchCharges(parts, words)
      },
      // The next change of a setting tries again.
      () => {
        stop = null
      },
    )
  }
  const unsubscribe = parts.ui.subscribe((state, before) => {
    if (state.sound !== before.sound || state.notify !== before.notify) load()
  })
  load()
  return () => {
    isStopped = true
    unsubscribe()
    if (typeof stop === 'function') stop()
  }
}
