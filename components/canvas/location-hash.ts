/** The location on the board in the page's address: `#x=512&y=233&z=12` is the middle of the view, with `z` screen pixels per pixel. */
export interface BoardLocation {
  readonly x: number
  readonly y: number
  readonly zoom?: number
}

const number = (text: string | null) => (text !== null && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null)

/** Null if the hash has no location. */
export const parseLocationHash = (hash: string): BoardLocation | null => {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''))
  const [x, y, zoom] = [number(parameters.get('x')), number(parameters.get('y')), number(parameters.get('z'))]
  if (x === null || y === null) return null
  return { x, y, ...(zoom !== null && zoom > 0 ? { zoom } : {}) }
}

const short = (value: number) => String(Math.round(value * 100) / 100)

export const locationHash = ({ x, y, zoom }: BoardLocation) =>
  `#x=${short(x)}&y=${short(y)}${zoom === undefined ? '' : `&z=${short(zoom)}`}`
