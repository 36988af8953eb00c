/** The tools by name. A new tool is one file in `tools/` and one line here. */
import type { Tool, ToolContext } from './tool.ts'
import { createPanAndPaint } from './tools/pan-and-paint.ts'

export const tools = {
  'pan-and-paint': createPanAndPaint,
} as const satisfies Record<string, (context: ToolContext) => Tool>

export type ToolName = keyof typeof tools
