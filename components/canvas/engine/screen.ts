/**
 * The `<canvas>` in the page and its renderer. A lost WebGL context is usually restored at once. If it is not, or is lost repeatedly,
 * the 2D renderer takes over on a new element, because an element keeps its kind of context.
 */
import { createCanvas2dRenderer } from './canvas2d-renderer.ts'
import type { Layer } from './layer.ts'
import type { Renderer } from './renderer.ts'
import type { PictureState } from './types.ts'
import { createWebglRenderer } from './webgl-renderer.ts'

export interface ScreenOptions {
  readonly host: HTMLElement
  readonly layers: readonly Layer[]
  readonly only2d: boolean
  /** The renderer is new or has lost its copies, so everything is uploaded again. */
  readonly onRebuild: () => void
  readonly onPicture: (state: PictureState) => void
}

/** A lost context must be restored within this time while the page is visible. */
const restoreWithinMs = 1_500
/** After more losses than this, the 2D renderer takes over at once. */
const maxLosses = 2

/** For a browser that cannot draw. */
const noRenderer: Renderer = {
  kind: 'none',
  setPalette: () => undefined,
  upload: () => false,
  has: () => false,
  drop: () => undefined,
  draw: () => undefined,
  dispose: () => undefined,
}

export class Screen {
  readonly #options: ScreenOptions
  #element: HTMLCanvasElement
  #renderer: Renderer
  #size = { width: 1, height: 1 }
  #losses = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #disposed = false

  constructor(options: ScreenOptions) {
    this.#options = options
    const webgl = options.only2d ? null : this.#withWebgl()
    const [element, renderer] = webgl ?? this.#with2d()
    this.#element = element
    this.#renderer = renderer
    options.host.append(element)
    if (renderer.kind === 'none') options.onPicture('none')
  }

  get renderer() {
    return this.#renderer
  }

  /** In device pixels. Clears the picture. */
  resize(size: { width: number; height: number }) {
    this.#size = size
    Object.assign(this.#element, size)
  }

  dispose() {
    this.#disposed = true
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#waitAgain)
    this.#renderer.dispose()
    this.#element.remove()
  }

  #withWebgl(): [HTMLCanvasElement, Renderer] | null {
    const element = newElement()
    try {
      const renderer = createWebglRenderer(element, this.#options.layers, {
        onLost: () => this.#lost(),
        onRestored: () => this.#restored(),
        onFailed: () => queueMicrotask(() => this.#use2d()),
      })
      return renderer && [element, renderer]
    } catch {
      // This context refuses the shaders.
      return null
    }
  }

  #with2d(): [HTMLCanvasElement, Renderer] {
    const element = newElement()
    const { layers, onRebuild } = this.#options
    try {
      return [element, createCanvas2dRenderer(element, layers, { onRestored: onRebuild }) ?? noRenderer]
    } catch {
      return [element, noRenderer]
    }
  }

  #lost() {
    this.#losses++
    this.#options.onPicture('lost')
    if (this.#losses > maxLosses) this.#use2d()
    else this.#wait()
  }

  #restored() {
    this.#stopWaiting()
    this.#options.onPicture('shown')
    this.#options.onRebuild()
  }

  /** A hidden page gets its context back when it is visible again. */
  #wait() {
    document.addEventListener('visibilitychange', this.#waitAgain)
    clearTimeout(this.#timer)
    if (!document.hidden) this.#timer = setTimeout(() => this.#use2d(), restoreWithinMs)
  }

  readonly #waitAgain = () => this.#wait()

  #stopWaiting() {
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#waitAgain)
  }

  #use2d() {
    if (this.#disposed || this.#renderer.kind !== 'webgl2') return
    this.#stopWaiting()
    const [element, renderer] = this.#with2d()
    this.#renderer.dispose()
    this.#element.replaceWith(element)
    this.#element = element
    this.#renderer = renderer
    this.resize(this.#size)
    this.#options.onPicture(renderer.kind === 'none' ? 'none' : 'simple')
    this.#options.onRebuild()
  }
}

const newElement = () => {
  const element = document.createElement('canvas')
  Object.assign(element.style, { position: 'absolute', inset: '0', width: '100%', height: '100%', display: 'block' })
  return element
}
