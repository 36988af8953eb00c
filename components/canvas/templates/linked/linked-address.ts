/** The template that the address of the page names: `/c/main?t=<id>`. It is used once, so that a template that was deleted does not come back. */
import { parseLocation } from '../../../../lib/board-location.ts'

export const takeLinkedId = (): { readonly id: string; readonly hasLocation: boolean } | null => {
  const parameters = new URLSearchParams(location.search)
  const id = parameters.get('t')
  if (id === null) return null
  const hasLocation = (parseLocation(parameters) ?? parseLocation(new URLSearchParams(location.hash.slice(1)))) !== null
  parameters.delete('t')
  const rest = parameters.toString()
  history.replaceState(history.state, '', `${location.pathname}${rest === '' ? '' : `?${rest}`}${location.hash}`)
  return { id, hasLocation }
}
