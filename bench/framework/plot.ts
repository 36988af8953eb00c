/**
 * Small line plots as SVG, for documents that show them in light and in dark: no background, grey axes and text, one accent color. A color of
 * the page (`currentColor`) does not reach a picture in `<img>`.
 *
 * It throws on values that are not numbers, and on values that a logarithmic axis cannot show.
 */
export interface Axis {
  /** With its unit. */
  readonly label: string
  readonly scale: 'linear' | 'log'
}

export interface PlotOptions {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  /** One line each; the first is drawn full, the second dashed. At least two points, ascending in x. */
  readonly lines: readonly { readonly name?: string; readonly points: readonly { readonly x: number; readonly y: number }[] }[]
}

const size = { width: 640, height: 320 }
const margin = { left: 74, right: 24, top: 42, bottom: 54 }
const grey = '#8b8b8b'
const accent = '#2f8fd8'

export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** About five ticks with steps of 1, 2 or 5 times a power of ten. They cover all values and zero. */
export const linearTicks = (values: readonly number[]): number[] => {
  const lowest = Math.min(0, ...values)
  const highest = Math.max(...values, lowest + Number.MIN_VALUE)
  const rough = (highest - lowest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power
  const first = Math.floor(lowest / step)
  const last = Math.ceil(highest / step - 1e-9)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** Powers of ten that cover all values, with 2 and 5 between them for a single decade. */
export const logTicks = (values: readonly number[]): number[] => {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9)
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9))
  const decades = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  if (last - first > 1) return decades.map((power) => 10 ** power)
  return [1, 2, 5, 10].map((factor) => Number((factor * 10 ** first).toPrecision(12)))
}

export interface Scale {
  readonly ticks: readonly number[]
  /** From a value to a part of the axis, 0 to 1. */
  at(value: number): number
}

/** @throws on no values, and on values that the axis cannot show. */
export const scaleOf = ({ label, scale }: Axis, values: readonly number[]): Scale => {
  if (values.length === 0 || !values.every(Number.isFinite)) throw new Error(`${label}: not measured: [${values.join(', ')}]`)
  if (scale === 'log' && values.some((value) => value <= 0))
    throw new Error(`${label}: a logarithmic axis cannot show [${values.join(', ')}]`)
  const ticks = scale === 'log' ? logTicks(values) : linearTicks(values)
  const position = scale === 'log' ? Math.log10 : (value: number) => value
  const start = position(ticks[0] as number)
  const length = position(ticks.at(-1) as number) - start
  return { ticks, at: (value) => (position(value) - start) / length }
}

const showTick = (value: number) => {
  if (Math.abs(value) >= 1e6) return `${Number((value / 1e6).toPrecision(6))} M`
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(6)))
}

const inner = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom }
const round = (value: number) => Number(value.toFixed(1))

const element = (name: string, attributes: Readonly<Record<string, string | number>>, content?: string) => {
  const text = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')
  return content === undefined ? `<${name}${text}/>` : `<${name}${text}>${content}</${name}>`
}

const textAt = (x: number, y: number, text: string, attributes: Readonly<Record<string, string | number>> = {}) =>
  element('text', { x: round(x), y: round(y), 'text-anchor': 'middle', ...attributes }, escapeXml(text))

const grid = (x: Scale, y: Scale) => {
  const bottom = size.height - margin.bottom
  const rules = y.ticks.map((tick) => {
    const at = round(bottom - y.at(tick) * inner.height)
    return element('line', { x1: margin.left, x2: size.width - margin.right, y1: at, y2: at })
  })
  const uprights = x.ticks.map((tick) => {
    const at = round(margin.left + x.at(tick) * inner.width)
    return element('line', { x1: at, x2: at, y1: margin.top, y2: bottom })
  })
  return element('g', { stroke: grey, 'stroke-opacity': 0.3, 'stroke-width': 1 }, [...rules, ...uprights].join(''))
}

const labels = ({ title, x: xAxis, y: yAxis }: PlotOptions, x: Scale, y: Scale) => {
  const bottom = size.height - margin.bottom
  const middle = margin.top + inner.height / 2
  return [
    textAt(margin.left, 22, title, { 'text-anchor': 'start', 'font-weight': 600, 'font-size': 14 }),
    ...x.ticks.map((tick) => textAt(margin.left + x.at(tick) * inner.width, bottom + 18, showTick(tick))),
    ...y.ticks.map((tick) => textAt(margin.left - 8, bottom - y.at(tick) * inner.height + 4, showTick(tick), { 'text-anchor': 'end' })),
    textAt(margin.left + inner.width / 2, size.height - 12, xAxis.label),
    textAt(16, middle, yAxis.label, { transform: `rotate(-90 16 ${round(middle)})` }),
  ]
}

const lineOf = (line: PlotOptions['lines'][number], index: number, x: Scale, y: Scale) => {
  const bottom = size.height - margin.bottom
  const places = line.points.map((point) => [
    round(margin.left + x.at(point.x) * inner.width),
    round(bottom - y.at(point.y) * inner.height),
  ])
  const dashes: Record<string, string> = index === 0 ? {} : { 'stroke-dasharray': '5 4' }
  const points = places.map((place) => place.join(',')).join(' ')
  const [lastX = 0, lastY = 0] = places.at(-1) ?? []
  return [
    element('polyline', { points, fill: 'none', stroke: accent, 'stroke-width': 2, 'stroke-linejoin': 'round', ...dashes }),
    ...places.map(([cx = 0, cy = 0]) => element('circle', { cx, cy, r: 3.5, fill: accent })),
    ...(line.name === undefined ? [] : [textAt(lastX - 6, lastY - 9, line.name, { 'text-anchor': 'end', fill: accent })]),
  ]
}

/** A whole SVG document. @throws as `scaleOf`, and on a line of fewer than two points. */
export const plotSvg = (options: PlotOptions): string => {
  const { title, lines } = options
  if (lines.length === 0 || lines.some(({ points }) => points.length < 2)) throw new Error(`${title}: a line needs two points`)
  const all = lines.flatMap(({ points }) => points)
  const x = scaleOf(
    options.x,
    all.map((point) => point.x),
  )
  const y = scaleOf(
    options.y,
    all.map((point) => point.y),
  )
  const content = [grid(x, y), ...labels(options, x, y), ...lines.flatMap((line, index) => lineOf(line, index, x, y))]
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...size,
    role: 'img',
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
    fill: grey,
  }
  return `${element('svg', attributes, `\n${[element('title', {}, escapeXml(title)), ...content].join('\n')}\n`)}\n`
}
