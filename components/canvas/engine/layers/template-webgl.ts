/** Draws templates with WebGL2: one quad for each tile under each rectangle of a template in which there is something to draw. */
import type { Program, WebglSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { dotSizeOf, farOpacity, markKindOf, minMarkZoom, smallCell } from './template-marks.ts'
import { type TemplateProgramName, templatePrograms } from './template-program.ts'
import { type DrawnTemplate, partsOf, type TemplateDrawing, type TemplatePart } from './template-scene.ts'
import { TextureShelf } from './template-textures.ts'

const units = { uTile: 0, uPalette: 1, uTemplate: 2, uBlocks: 3, uSymbols: 4, uMarks: 5 } as const

/** Returns the function that draws a frame. */
export const createWebglTemplates = (drawing: () => TemplateDrawing) => {
  let shelf: TextureShelf | null = null
  /** A restored context has a new palette, and lacks the textures of the lost one. */
  let context: WebGLTexture | null = null

  return (scene: Scene, surface: WebglSurface) => {
    const { templates, filter } = drawing()
    const { gl, palette } = surface
    if (context !== palette) {
      shelf = null
      context = palette
    }
    shelf?.keepOnly(templates)
    const visible = templates.flatMap((drawn) => {
      const parts = partsOf(scene, drawn)
      return parts.length > 0 ? [{ drawn, parts }] : []
    })
    if (visible.length === 0) return
    shelf ??= new TextureShelf(gl)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    for (const { drawn, parts } of visible) {
      const program = activateProgram(scene, surface, { shelf, drawn, filter })
      for (const part of parts) drawPart(surface, { program, drawn, part })
    }
    gl.activeTexture(gl.TEXTURE0)
    gl.disable(gl.BLEND)
  }
}

const bind = (gl: WebGL2RenderingContext, unit: number, texture: WebGLTexture) => {
  gl.activeTexture(gl.TEXTURE0 + unit)
  gl.bindTexture(gl.TEXTURE_2D, texture)
}

interface TemplateUniforms {
  readonly shelf: TextureShelf
  readonly drawn: DrawnTemplate
  readonly filter: number | null
}

const activateProgram = (scene: Scene, surface: WebglSurface, { shelf, drawn, filter }: TemplateUniforms): Program => {
  const { gl } = surface
  const { look, opacity, picture } = drawn.template
  const { scale } = scene.transform
  const isFar = scene.zoom < minMarkZoom
  const kind = markKindOf(look, scale)
  const name: TemplateProgramName = isFar ? 'far' : kind === 'symbol' ? 'symbols' : scale < smallCell ? 'small' : 'marks'
  const { cells, blocks, isWrapped } = shelf.texturesOf(drawn)
  const marks = isFar ? null : shelf.marksOf({ kind, dotSize: dotSizeOf(look), scale })
  const program = surface.program(templatePrograms[isWrapped ? 'wrapped' : 'plain'][name])
  const { activate, at } = program
  activate()
  for (const [sampler, unit] of Object.entries(units)) gl.uniform1i(at(sampler), unit)
  gl.uniform2f(at('uSize'), scene.width, scene.height)
  gl.uniform1f(at('uScale'), scale)
  gl.uniform1f(at('uRatio'), scene.pixelRatio)
  gl.uniform1i(at('uColors'), scene.palette.length)
  gl.uniform1i(at('uBackground'), scene.canvas?.background ?? 0)
  gl.uniform1i(at('uFilter'), filter ?? -1)
  gl.uniform1i(at('uTemplateWidth'), picture.width)
  gl.uniform1i(at('uMarkSide'), marks?.side ?? 1)
  gl.uniform1f(at('uOpacity'), look === 'ghost' ? opacity : isFar ? farOpacity : 0)
  bind(gl, units.uPalette, surface.palette)
  bind(gl, units.uTemplate, cells)
  bind(gl, units.uBlocks, blocks)
  bind(gl, units.uSymbols, shelf.symbols)
  if (marks) bind(gl, units.uMarks, marks.texture)
  return program
}

const drawPart = (
  { gl, texture }: WebglSurface,
  { program: { at }, drawn, part }: { program: Program; drawn: DrawnTemplate; part: TemplatePart },
) => {
  const { tile, rect, gx, gy } = part
  const held = texture(tile.tile)
  if (!held) return
  bind(gl, units.uTile, held)
  const first = drawn.progress?.blocks.first ?? { x: 0, y: 0 }
  gl.uniform2f(at('uTileOrigin'), tile.originX, tile.originY)
  gl.uniform2i(at('uOffset'), gx - drawn.template.x, gy - drawn.template.y)
  gl.uniform2i(at('uBlockOffset'), gx / 16 - first.x, gy / 16 - first.y)
  gl.uniform4f(at('uRect'), rect.left, rect.top, rect.right, rect.bottom)
  gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4)
}
