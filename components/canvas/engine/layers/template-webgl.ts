/** Draws templates with WebGL2: one quad for each tile under each template. */
import type { Program, WebglSurface } from '../layer.ts'
import type { Scene } from '../renderer.ts'
import { dotSizeOf, farOpacity, markKindOf, minMarkZoom } from './template-marks.ts'
import { kindNumber, templateProgram } from './template-program.ts'
import { type DrawnTemplate, partsOf, type TemplateDrawing, type TemplatePart } from './template-scene.ts'
import { type TemplateTextures, TextureShelf } from './template-textures.ts'

const units = { uTile: 0, uPalette: 1, uTemplate: 2, uBlocks: 3, uSymbols: 4 } as const

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
      const parts = partsOf(scene, drawn.template)
      return parts.length > 0 ? [{ drawn, parts }] : []
    })
    if (visible.length === 0) return
    shelf ??= new TextureShelf(gl)
    const program = surface.program(templateProgram)
    begin(scene, surface, { program, filter })
    bind(gl, units.uPalette, palette)
    bind(gl, units.uSymbols, shelf.symbols)
    for (const { drawn, parts } of visible) {
      const textures = shelf.texturesOf(drawn)
      setTemplate(scene, gl, { program, drawn, textures })
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

const begin = (scene: Scene, { gl }: WebglSurface, { program, filter }: { program: Program; filter: number | null }) => {
  const { activate, at } = program
  activate()
  gl.enable(gl.BLEND)
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
  for (const [name, unit] of Object.entries(units)) gl.uniform1i(at(name), unit)
  gl.uniform2f(at('uSize'), scene.width, scene.height)
  gl.uniform1f(at('uScale'), scene.transform.scale)
  gl.uniform1f(at('uRatio'), scene.pixelRatio)
  gl.uniform1i(at('uColors'), scene.palette.length)
  gl.uniform1i(at('uBackground'), scene.canvas?.background ?? 0)
  gl.uniform1i(at('uFilter'), filter ?? -1)
}

interface TemplateUniforms {
  readonly program: Program
  readonly drawn: DrawnTemplate
  readonly textures: TemplateTextures
}

const setTemplate = (scene: Scene, gl: WebGL2RenderingContext, { program: { at }, drawn, textures }: TemplateUniforms) => {
  const { look, opacity, picture } = drawn.template
  const isFar = scene.zoom < minMarkZoom
  gl.uniform2i(at('uTemplateSize'), picture.width, picture.height)
  gl.uniform1i(at('uRowLength'), textures.rowLength)
  gl.uniform1i(at('uKind'), kindNumber[markKindOf(look, scene.transform.scale)])
  gl.uniform1f(at('uDot'), dotSizeOf(look))
  gl.uniform1f(at('uOpacity'), look === 'ghost' ? opacity : isFar ? farOpacity : 0)
  bind(gl, units.uTemplate, textures.cells)
  bind(gl, units.uBlocks, textures.blocks)
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
