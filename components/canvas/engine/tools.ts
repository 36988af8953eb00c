/** The tools by name. A new tool is one file in `tools/` and one line here. */
import type { CreateTool } from './tool.ts'
import { createBrush } from './tools/brush.ts'
import { createEyedropper } from './tools/eyedropper.ts'
import { createPanAndPaint } from './tools/pan-and-paint.ts'

export const tools = {
  'pan-and-paint': createPanAndPaint,
  eyedropper: createEyedropper,
  brush: createBrush,
} as const satisfies Record<string, CreateTool>

export type ToolName = keyof typeof tools
