/** The cells of each shown template that no template above decides, computed again only when one of these templates changes. */
import { uncoveredCells } from '../../../lib/templates/stack.ts'
import type { PlacedTemplate } from '../../../lib/templates/template.ts'

interface Known {
  readonly templates: readonly PlacedTemplate[]
  readonly cells: Uint16Array
}

const isSame = (a: readonly PlacedTemplate[], b: readonly PlacedTemplate[]) =>
  a.length === b.length && a.every(({ x, y, picture }, i) => b[i]?.x === x && b[i]?.y === y && b[i]?.picture === picture)

export class UncoveredCells {
  #known = new Map<string, Known>()

  /** `shown`: the topmost first. */
  of(shown: readonly PlacedTemplate[]): { readonly template: PlacedTemplate; readonly cells: Uint16Array }[] {
    const before = this.#known
    this.#known = new Map()
    return shown.map((template, index) => {
      const templates = shown.slice(0, index + 1)
      const known = before.get(template.id)
      const cells = known && isSame(known.templates, templates) ? known.cells : uncoveredCells(template, shown.slice(0, index))
      this.#known.set(template.id, { templates, cells })
      return { template, cells }
    })
  }
}
