/**
 * The layer of templates: what is missing or wrong, compared with the board as it is shown. It is loaded when the board has a template
 * (`engine.addLayer`).
 */
import type { Layer } from '../layer.ts'
import { createCanvas2dTemplates } from './template-2d.ts'
import type { TemplateDrawing } from './template-scene.ts'
import { createWebglTemplates } from './template-webgl.ts'

export const createTemplateLayer = (drawing: () => TemplateDrawing): Layer => ({
  name: 'templates',
  drawWebgl: createWebglTemplates(drawing),
  draw2d: createCanvas2dTemplates(drawing),
})
