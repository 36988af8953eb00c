/** The numbers of a template as the card shows them. */
import { worstAreas } from '../../../lib/templates/next-cell.ts'
import { type Block, type ColorCounts, type Counts, percentOf, type TemplateProgress } from '../../../lib/templates/progress.ts'
import { disagreements } from '../../../lib/templates/stack.ts'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'

export interface ShownProgress {
  readonly counts: Counts
  /** Rounded down; null while nothing of the template is loaded. */
  readonly percent: number | null
  readonly colors: readonly ColorCounts[]
  /** The squares with the most cells left, as the filter has it. */
  readonly areas: readonly Block[]
  /** The template above with which most cells disagree. */
  readonly disagreement: Disagreement | null
}

export interface Disagreement {
  readonly name: string
  readonly cells: number
}

/** Keeps the numbers of a template until they change, so that a component that shows them is not drawn again for nothing. */
export class ProgressSnapshots {
  readonly #known = new WeakMap<TemplateProgress, { readonly revision: number; readonly shown: ShownProgress }>()

  of(progress: TemplateProgress, disagreement: Disagreement | null): ShownProgress {
    const known = this.#known.get(progress)
    if (known && known.revision === progress.revision && known.shown.disagreement === disagreement) return known.shown
    const { counts, colors, revision } = progress
    const shown = { counts, percent: percentOf(counts), colors, areas: worstAreas(progress), disagreement }
    this.#known.set(progress, { revision, shown })
    return shown
  }
}

/** By the id of the template. `shown`: the topmost first. */
export const disagreementsOf = (shown: readonly PlacedTemplate[]): ReadonlyMap<string, Disagreement> => {
  const found = new Map<string, Disagreement>()
  for (const [index, template] of shown.entries()) {
    for (const above of shown.slice(0, index)) {
      const cells = disagreements(template, above)
      if (cells > (found.get(template.id)?.cells ?? 0)) found.set(template.id, { name: above.name, cells })
    }
  }
  return found
}
