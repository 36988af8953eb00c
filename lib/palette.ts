/** Palettes. Inside Fresco a color is an index into the palette; `#RRGGBB` appears only in requests and answers. */

export interface NamedColor {
  readonly hex: string
  readonly name: string
}

/** The 32 colors of r/place 2022 with Reddit's names. */
export const place2022: readonly NamedColor[] = [
  { hex: '#6D001A', name: 'burgundy' },
  { hex: '#BE0039', name: 'dark red' },
  { hex: '#FF4500', name: 'red' },
  { hex: '#FFA800', name: 'orange' },
  { hex: '#FFD635', name: 'yellow' },
  { hex: '#FFF8B8', name: 'pale yellow' },
  { hex: '#00A368', name: 'dark green' },
  { hex: '#00CC78', name: 'green' },
  { hex: '#7EED56', name: 'light green' },
  { hex: '#00756F', name: 'dark teal' },
  { hex: '#009EAA', name: 'teal' },
  { hex: '#00CCC0', name: 'light teal' },
  { hex: '#2450A4', name: 'dark blue' },
  { hex: '#3690EA', name: 'blue' },
  { hex: '#51E9F4', name: 'light blue' },
  { hex: '#493AC1', name: 'indigo' },
  { hex: '#6A5CFF', name: 'periwinkle' },
  { hex: '#94B3FF', name: 'lavender' },
  { hex: '#811E9F', name: 'dark purple' },
  { hex: '#B44AC0', name: 'purple' },
  { hex: '#E4ABFF', name: 'pale purple' },
  { hex: '#DE107F', name: 'magenta' },
  { hex: '#FF3881', name: 'pink' },
  { hex: '#FF99AA', name: 'light pink' },
  { hex: '#6D482F', name: 'dark brown' },
  { hex: '#9C6926', name: 'brown' },
  { hex: '#FFB470', name: 'beige' },
  { hex: '#000000', name: 'black' },
  { hex: '#515252', name: 'dark gray' },
  { hex: '#898D90', name: 'gray' },
  { hex: '#D4D7D9', name: 'light gray' },
  { hex: '#FFFFFF', name: 'white' },
]

export const hexPattern = /^#[0-9a-f]{6}$/i

/** The index of a color that is given as `#RRGGBB` in any letter case, or as an index; null if it is not in the palette. */
export const colorIndex = (palette: readonly string[], color: string | number): number | null => {
  if (typeof color === 'number') return Number.isInteger(color) && color >= 0 && color < palette.length ? color : null
  const index = palette.indexOf(color.toUpperCase())
  return index === -1 ? null : index
}

/** Red, green and blue, 0 to 255 each. */
export type Rgb = readonly [number, number, number]

export const rgbOf = (hex: string): Rgb => {
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** Squared distance in a weighted RGB space ("redmean", compuphase.com/cmetric.htm), a cheap approximation of what people see. */
const distance = (a: Rgb, b: Rgb) => {
  const redMean = (a[0] + b[0]) / 2
  const red = a[0] - b[0]
  const green = a[1] - b[1]
  const blue = a[2] - b[2]
  return (2 + redMean / 256) * red * red + 4 * green * green + (2 + (255 - redMean) / 256) * blue * blue
}

/** Finds the index of the nearest palette color. Of two equally near ones it is the lower index. */
export const nearestColorFinder = (palette: readonly string[]): ((rgb: Rgb) => number) => {
  const colors = palette.map(rgbOf)
  return (rgb) => {
    let best = 0
    let bestDistance = Number.POSITIVE_INFINITY
    for (const [index, color] of colors.entries()) {
      const d = distance(color, rgb)
      if (d < bestDistance) {
        best = index
        bestDistance = d
      }
    }
    return best
  }
}

const knownNames = new Map(place2022.map(({ hex, name }) => [hex, name]))

/** A name for every palette color: the given one, else the name of the nearest known color, with a number if it is taken. */
export const colorNames = (palette: readonly string[], given: readonly string[] = []): string[] => {
  const nearest = nearestColorFinder(place2022.map((color) => color.hex))
  const taken = new Set(given)
  const counts = new Map<string, number>()
  const freeName = (base: string): string => {
    const count = (counts.get(base) ?? 0) + 1
    counts.set(base, count)
    const name = count === 1 ? base : `${base} ${count}`
    return taken.has(name) ? freeName(base) : name
  }
  return palette.map((hex, index) => given[index] ?? freeName(knownNames.get(hex) ?? place2022[nearest(rgbOf(hex))]?.name ?? hex))
}

/** The index of white, or else 0, for unpainted pixels of a canvas whose operator has chosen no background. */
export const defaultBackground = (palette: readonly string[]) => Math.max(0, palette.indexOf('#FFFFFF'))
