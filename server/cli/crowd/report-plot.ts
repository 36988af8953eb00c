/** A line plot as inline SVG. Its colours are CSS classes, so that they follow the theme of the report. */
import { escapeHtml } from './escape-html.ts'

export interface Line {
  readonly name: string
  /** Null leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number | null])[]
}

export interface PlotOptions {
  readonly title: string
  readonly xTitle: string
  readonly yTitle: string
  readonly lines: readonly Line[]
  /** Logarithmic axes begin at a positive value. */
  readonly logX?: boolean
  readonly logY?: boolean
  /** A dashed line with its name. */
  readonly bound?: { readonly y: number; readonly name: string }
}

const size = { width: 460, height: 240, left: 58, right: 24, top: 12, bottom: 42 }
const number = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 })

/** 1, 2 or 5 times a power of ten, so that there are at most `most` steps. */
export const niceStep = (range: number, most: number): number => {
  const raw = range / most
  const power = 10 ** Math.floor(Math.log10(raw))
  return ([1, 2, 5].find((factor) => factor * power >= raw) ?? 10) * power
}

interface Scale {
  readonly at: (value: number) => number
  readonly ticks: readonly number[]
}

const linear = (max: number, from: number, to: number): Scale => {
  const step = niceStep(max > 0 ? max : 1, 5)
  const end = Math.max(step, Math.ceil(max / step) * step)
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step)
  return { at: (value) => from + (value / end) * (to - from), ticks }
}

const logarithmic = (values: readonly number[], from: number, to: number): Scale => {
  const positive = values.filter((value) => value > 0)
  const [low, high] = [Math.log10(Math.min(...positive, 1e12)), Math.log10(Math.max(...positive, 1))]
  const [first, last] = [Math.floor(Math.min(low, high)), Math.max(Math.ceil(high), Math.floor(Math.min(low, high)) + 1)]
  const powers = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
  const ticks =
    last - first > 2 ? powers : powers.flatMap((power) => [1, 2, 5].map((factor) => factor * power)).filter((tick) => tick <= 10 ** last)
  const at = (value: number) => from + ((Math.log10(Math.max(value, 10 ** first)) - first) / (last - first)) * (to - from)
  return { at, ticks }
}

const pathOf = ({ points }: Line, x: Scale, y: Scale) => {
  let isOpen = false
  const parts = points.map(([px, py]) => {
    if (py === null) {
      isOpen = false
      return ''
    }
    const part = `${isOpen ? 'L' : 'M'}${x.at(px).toFixed(1)} ${y.at(py).toFixed(1)}`
    isOpen = true
    return part
  })
  return parts.join('')
}

const maxMarked = 24

const drawLine = (line: Line, index: number, x: Scale, y: Scale): string => {
  const marked = line.points.length > maxMarked ? [] : line.points
  const marks = marked.flatMap(([px, py]) =>
    py === null ? [] : `<circle cx="${x.at(px).toFixed(1)}" cy="${y.at(py).toFixed(1)}" r="2.6"/>`,
  )
  return `<g class="line${index % 6}"><path d="${pathOf(line, x, y)}"/>${marks.join('')}</g>`
}

export const plot = (options: PlotOptions): string => {
  const { title, xTitle, yTitle, lines, logX = false, logY = false, bound } = options
  const { width, height, left, right, top, bottom } = size
  const xs = lines.flatMap(({ points }) => points.map(([px]) => px))
  const ys = [...lines.flatMap(({ points }) => points.flatMap(([, py]) => py ?? [])), ...(bound ? [bound.y] : [])]
  const x = logX ? logarithmic(xs, left, width - right) : linear(Math.max(0, ...xs), left, width - right)
  const y = logY ? logarithmic(ys, height - bottom, top) : linear(Math.max(0, ...ys), height - bottom, top)
  const label = (tick: number) => escapeHtml(number.format(tick))
  const grid = [
    ...y.ticks.map(
      (tick) =>
        `<path class="grid" d="M${left} ${y.at(tick).toFixed(1)}H${width - right}"/><text x="${left - 7}" y="${(y.at(tick) + 4).toFixed(1)}" text-anchor="end">${label(tick)}</text>`,
    ),
    ...x.ticks.map((tick) => `<text x="${x.at(tick).toFixed(1)}" y="${height - bottom + 17}" text-anchor="middle">${label(tick)}</text>`),
  ]
  const boundLine = bound
    ? `<path class="bound" d="M${left} ${y.at(bound.y).toFixed(1)}H${width - right}"/><text x="${left + 6}" y="${(y.at(bound.y) - 5).toFixed(1)}">${escapeHtml(bound.name)}</text>`
    : ''
  const legend = lines.map(({ name }, index) => `<li class="line${index % 6}"><i></i>${escapeHtml(name)}</li>`).join('')
  return `<figure><figcaption>${escapeHtml(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${grid.join('')}${boundLine}${lines.map((line, index) => drawLine(line, index, x, y)).join('')}<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(xTitle)}</text><text transform="translate(13 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(yTitle)}</text></svg><ul class="legend">${legend}</ul></figure>`
}
