/** The options of `canvas create` beside the settings: what a new board needs, and what never changes later. */
import { canvasLimits } from '../../lib/canvas.ts'
import { colorNames, place2022 } from '../../lib/palette.ts'
import { wholeNumber } from './arguments.ts'
import { readSettings, type SettingValues } from './canvas-options.ts'
import { UsageError } from './command.ts'

const text = { type: 'string' } as const

export const foundationOptions = { 'tile-size': text, background: text, palette: text } as const
type FoundationValues = Partial<Record<keyof typeof foundationOptions, string>>

const { minTileSize, maxTileSize, maxColors } = canvasLimits

export const foundationHelp = `  --palette LIST        for create: all colours, "#00AAFF=Sky,#112233" (r/place 2022)
  --background N        for create: the index of the colour of untouched pixels
  --tile-size N         for create: a power of two from ${minTileSize} to ${maxTileSize}`

const palette2022 = place2022.map(({ hex }) => hex)

/** The body of the request. Options that are not given are left to the server. */
export const readBoard = (id: string, { 'tile-size': tiles, background, palette, ...settings }: FoundationValues & SettingValues) => {
  if (settings.title === undefined || settings.width === undefined || settings.height === undefined) {
    throw new UsageError('A new board needs --title, --width and --height.')
  }
  if (palette !== undefined && settings['add-colors'] !== undefined) throw new UsageError('Give --palette or --add-colors, not both.')
  const change =
    palette === undefined
      ? readSettings(settings)({ palette: palette2022, colorNames: colorNames(palette2022) })
      : readSettings({ ...settings, 'add-colors': palette })({ palette: [], colorNames: [] })
  return {
    id,
    ...(tiles !== undefined && { tileSize: wholeNumber('tile-size', tiles, { min: minTileSize, max: maxTileSize }) }),
    ...(background !== undefined && { background: wholeNumber('background', background, { min: 0, max: maxColors - 1 }) }),
    ...change,
  }
}
