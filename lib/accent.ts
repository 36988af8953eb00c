/**
 * The host's accent color as each theme shows it. Text in the accent must be readable (WCAG AA, 4.5 : 1), so where the color is too light or too dark, its
 * lightness in OKLCH changes and its hue stays (Björn Ottosson, "A perceptual color space for image processing").
 */
import { type Rgb, rgbOf } from './palette.ts'

export interface Accents {
  readonly light: string
  readonly dark: string
}

const leastContrast = 4.5
/** The share of the accent in the background of what is chosen, and of a button under the pointer in front of its background. */
const tint = 0.12
const hovered = 0.9

/** The backgrounds of text in the accent: `--plaster` and `--surface` of `globals.css`. */
const backgrounds = {
  light: [
    [0.945, 0.01, 82],
    [0.992, 0.003, 85],
  ],
  dark: [
    [0.165, 0.006, 70],
    [0.225, 0.008, 70],
  ],
} as const

type Triple = readonly [number, number, number]

export const accentsOf = (hex: string): Accents => ({ light: readable(hex, 'light'), dark: readable(hex, 'dark') })

const readable = (hex: string, theme: keyof Accents): string => {
  const grounds = backgrounds[theme].map((color) => bytesOf(linearOf(color)))
  const onAccent = grounds[theme === 'light' ? 1 : 0] as Rgb
  const contrastsOn = (accent: Rgb, ground: Rgb) => {
    const button = mixed(accent, ground, hovered)
    // Checkers of contrast put the translucent text in front of the button.
    return [contrast(accent, ground), contrast(accent, mixed(accent, ground, tint)), contrast(mixed(onAccent, button, hovered), button)]
  }
  const isReadable = (accent: Rgb) => grounds.every((ground) => contrastsOn(accent, ground).every((value) => value >= leastContrast))
  if (isReadable(rgbOf(hex))) return hex
  const [lightness, chroma, hue] = oklchOf(rgbOf(hex))
  const step = theme === 'light' ? -0.005 : 0.005
  for (let l = lightness + step; l > 0 && l < 1; l += step) {
    const accent = fitted([l, chroma, hue])
    if (isReadable(accent)) return hexOf(accent)
  }
  return theme === 'light' ? '#000000' : '#FFFFFF'
}

/** What a translucent color over a background looks like. */
const mixed = (color: Rgb, ground: Rgb, share: number) =>
  ground.map((byte, index) => byte + ((color[index] ?? 0) - byte) * share) as unknown as Rgb

const linear = (byte: number) => {
  const part = byte / 255
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
}
const byteOf = (value: number) => Math.round(255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055))
const bytesOf = (color: Triple) => color.map((value) => byteOf(Math.min(1, Math.max(0, value)))) as unknown as Rgb

const luminance = ([red, green, blue]: Rgb) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

/** The contrast of two colors by WCAG 2, from 1 to 21. */
export const contrast = (one: Rgb, other: Rgb) => {
  const [a, b] = [luminance(one) + 0.05, luminance(other) + 0.05]
  return Math.max(a, b) / Math.min(a, b)
}

const oklchOf = (rgb: Rgb): Triple => {
  const [r, g, b] = rgb.map(linear) as unknown as Triple
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const x = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, Math.hypot(x, y), (Math.atan2(y, x) * 180) / Math.PI]
}

/** Linear red, green and blue, which are outside of 0 to 1 for a color that no screen shows. */
const linearOf = ([lightness, chroma, hue]: Triple): Triple => {
  const angle = (hue * Math.PI) / 180
  const [x, y] = [chroma * Math.cos(angle), chroma * Math.sin(angle)]
  const l = (lightness + 0.3963377774 * x + 0.2158037573 * y) ** 3
  const m = (lightness - 0.1055613458 * x - 0.0638541728 * y) ** 3
  const s = (lightness - 0.0894841775 * x - 1.291485548 * y) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

/** With as much chroma as a screen shows. */
const fitted = ([lightness, chroma, hue]: Triple): Rgb => {
  for (let c = chroma; ; c = c < 0.002 ? 0 : c * 0.98) {
    const color = linearOf([lightness, c, hue])
    if (c === 0 || color.every((value) => value >= -0.0005 && value <= 1.0005)) return bytesOf(color)
  }
}

const hexOf = (rgb: Rgb) => `#${rgb.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`.toUpperCase()
