/** Follows the ages of the pixels in view, and draws what the painter has chosen: pulses, heat, or what is untouched. */
import { pointOf } from '../../../lib/geometry.ts'
import type { BoardChange } from '../board-changes.ts'
import type { CanvasParts } from '../canvas-context.ts'
import { type Layer, markLayer } from '../engine/layer.ts'
import type { ActivitySpan } from '../ui-store.ts'
import { ActivityAges } from './activity-ages.ts'
import { activityStore, noActivity } from './activity-store.ts'
import { AgeLoader, fetchAges } from './age-loader.ts'
import { unitMs } from './age-map.ts'
import { busiestAreas } from './busiest-areas.ts'
import { createHeat2d } from './heat-2d.ts'
import type { HeatDrawing } from './heat-drawing.ts'
import { createHeatWebgl, heatProgram } from './heat-webgl.ts'
import { Pulses, pulseMs } from './pulses.ts'
import { rampOf } from './ramp.ts'

export const spanMs: Readonly<Record<ActivitySpan, number>> = { '10m': 600_000, '1h': 3_600_000, '24h': 86_400_000 }

/** How often tiles are looked for, busiest areas counted, and ages drawn anew. */
const stepMs = 1_000
const countEverySteps = 3
/** A frame may carry a time from a little before it. */
const frameMs = 100
/** The board drawn as a whole is a picture, and a replay of missed frames is no news. */
const maxPulsesOfChange = 50

export const startActivity = ({ engine, session, ui, changes }: CanvasParts): (() => void) => {
  const canvas = () => session.store.getState().canvas
  const tileSize = () => canvas()?.tileSize ?? 1
  const ages = new ActivityAges({ now: session.serverNow, isHeld: (tile) => engine.shown(tile) !== null })
  const timers = new Set<ReturnType<typeof setTimeout>>()
  const setTimer = (callback: () => void, ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      callback()
    }, ms)
    timers.add(timer)
  }
  const loader = new AgeLoader({
    fetchAges: fetchAges(canvas()?.id ?? '', () => tileSize() ** 2),
    onLoaded: (tile, loaded) => ages.loaded(tile, loaded) && changed(),
    onState: (hasFailed) => activityStore.setState({ hasFailed }),
    setTimer,
  })
  const span = () => spanMs[ui.getState().activitySpan] / unitMs

  const drawing = (): HeatDrawing => ({
    mode: ui.getState().activity === 'untouched' ? 'untouched' : 'heat',
    agesOf: (tile) => ages.maps.get(tile) ?? null,
    now: () => ages.present(),
    span: span(),
    ramp: rampOf(engine.accent),
    shown: (tile) => engine.shown(tile),
  })
  const pulses = new Pulses({ isStill: isMotionLess(ui) })
  const layers = createLayers(drawing, pulses)
  let removeLayer: (() => void) | null = null
  const showLayer = () => {
    removeLayer?.()
    const { activity } = ui.getState()
    removeLayer = null
    pulses.clear()
    if (activity === 'live') removeLayer = engine.addLayer(layers.pulses, 'optimistic pixels')
    else if (activity !== 'off') removeLayer = engine.addLayer(layers.heat, 'board')
  }

  const count = () => {
    const tiles = [...ages.maps].map(([tile, { times }]) => ({ tile, times }))
    activityStore.setState({ busiest: busiestAreas(tiles, { tileSize: tileSize(), since: Math.max(2, ages.present() - span()) }) })
  }
  const changed = () => {
    const { tiles } = view()
    activityStore.setState({ tiles: tiles.length, loaded: ages.maps.size })
    count()
    engine.invalidate()
  }
  const view = () => {
    const { tiles, inWindow } = engine.visibleTiles()
    const inView = tiles.slice(0, inWindow)
    return { tiles: inView, missing: ages.view(inView) }
  }

  let steps = 0
  const step = () => {
    const known = canvas()
    if (document.hidden || !known) return
    ages.setEpoch(known.epoch)
    const { tiles, missing } = view()
    loader.want(missing)
    activityStore.setState({ tiles: tiles.length, loaded: tiles.length - missing.length })
    if (steps++ % countEverySteps === 0) count()
    if (ui.getState().activity === 'heat') engine.invalidate()
  }

  const onChange = (change: BoardChange) => {
    const { tile, kind, positions } = change
    if (ages.changed(change) && ui.getState().activity !== 'live') engine.invalidate()
    if (ui.getState().activity !== 'live' || kind !== 'confirmed' || !positions || positions.length > maxPulsesOfChange) return
    pulses.start(
      Array.from(positions, (position) => pointOf(tileSize(), tile, position as never)),
      performance.now(),
    )
    engine.invalidate()
    if (pulses.isStill) setTimer(() => engine.invalidate(), pulseMs + frameMs)
  }

  const timer = setInterval(step, stepMs)
  const stops = [
    changes.subscribe(onChange),
    ui.subscribe((state, before) => {
      if (state.activity !== before.activity) showLayer()
      if (state.motion !== before.motion) pulses.isStill = isMotionLess(ui)
      if (state.activitySpan !== before.activitySpan || state.activity !== before.activity) changed()
    }),
    session.store.subscribe((state, before) => {
      // Frames of the time without a connection arrive as one, so their times are wrong.
      if (state.connection.state === 'live' && before.connection.state === 'offline') ages.clear()
    }),
  ]
  showLayer()
  step()
  return () => {
    clearInterval(timer)
    for (const each of timers) clearTimeout(each)
    for (const stop of stops) stop()
    loader.dispose()
    removeLayer?.()
    activityStore.setState(noActivity)
  }
}

const isMotionLess = (ui: CanvasParts['ui']) => ui.getState().motion === 'less' || matchMedia('(prefers-reduced-motion: reduce)').matches

const createLayers = (drawing: () => HeatDrawing, pulses: Pulses): { heat: Layer; pulses: Layer } => {
  const { draw, isBehind } = createHeat2d(drawing)
  return {
    heat: { name: 'heat', programs: [heatProgram], isMoving: isBehind, drawWebgl: createHeatWebgl(drawing), draw2d: draw },
    pulses: markLayer({
      name: 'pulses',
      isMoving: () => pulses.isMoving,
      marks: ({ timeMs, transform, pixelRatio, theme }) => pulses.marks({ timeMs, transform, pixelRatio, color: theme.accent }),
    }),
  }
}
