/** Counts all templates of a canvas again, for `fresco rebuild`, up to where the history has followed the log. */
import type { Canvas } from '../../lib/canvas.ts'
import type { CountingStore } from './template-counter.ts'
import { TemplateProjection } from './template-projection.ts'

export const rebuildTemplateCounts = async (store: CountingStore, canvas: Canvas): Promise<number> => {
  await store.templates.resetTemplateCounts(canvas.id)
  const projection = new TemplateProjection({ store, now: () => 0 })
  return projection.countAll(canvas)
}
