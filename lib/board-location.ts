/**
 * A location on a board in an address: `x=512&y=233&z=12` is the middle of the view, with `z` screen pixels per pixel. Links have it in
 * the query, which reaches the server. While the view moves, the page has it in the fragment.
 */
export interface BoardLocation {
  readonly x: number
  readonly y: number
  readonly zoom?: number
}

const parameterNames = ['x', 'y', 'z'] as const

const number = (text: string | null) => (text !== null && /^-?\d{1,9}(\.\d{1,20})?$/.test(text) ? Number(text) : null)

/** Null if the parameters have no location. */
export const parseLocation = (parameters: Pick<URLSearchParams, 'get'>): BoardLocation | null => {
  const [x = null, y = null, zoom = null] = parameterNames.map((name) => number(parameters.get(name)))
  if (x === null || y === null) return null
  return { x, y, ...(zoom !== null && zoom > 0 ? { zoom } : {}) }
}

const short = (value: number) => String(Math.round(value * 100) / 100)

/** The parameters of a location. */
export const locationParameters = ({ x, y, zoom }: BoardLocation): string =>
  `x=${short(x)}&y=${short(y)}${zoom === undefined ? '' : `&z=${short(zoom)}`}`

/** A query without its location, empty or with its `?`. */
export const withoutLocation = (search: string): string => {
  const parameters = new URLSearchParams(search)
  for (const name of parameterNames) parameters.delete(name)
  const rest = parameters.toString()
  return rest === '' ? '' : `?${rest}`
}

/** The path of a link to a location on a board. */
export const linkPath = (canvasId: string, location: BoardLocation): string =>
  `/c/${encodeURIComponent(canvasId)}?${locationParameters(location)}`
