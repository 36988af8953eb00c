/** Why a file or a link is no template. The page has a sentence for each code. */
import type { PngFault } from '../png/png-chunks.ts'

export type TemplateProblem =
  | { readonly code: 'unknown_file' }
  | { readonly code: 'file_too_large'; readonly maxMiB: number }
  | { readonly code: 'damaged_json' }
  | { readonly code: 'no_template' }
  /** A field of a JSON file or of a link, such as `templates.0.x`. */
  | { readonly code: 'wrong_field'; readonly field: string }
  | { readonly code: 'no_picture' }
  | { readonly code: 'damaged_png'; readonly fault: PngFault }
  /** The browser could not read it. */
  | { readonly code: 'damaged_picture' }
  | { readonly code: 'too_many_pixels'; readonly width: number; readonly height: number; readonly max: number }
  | { readonly code: 'too_many_cells'; readonly width: number; readonly height: number; readonly max: number }
  | { readonly code: 'nothing_wanted' }
  | { readonly code: 'no_memory' }
  | { readonly code: 'list_full' }
  /** The code of the worker could not be loaded. */
  | { readonly code: 'no_worker' }

export class NoTemplate extends Error {
  readonly code = 'no_template'
  readonly problem: TemplateProblem

  constructor(problem: TemplateProblem) {
    super(`No template: ${problem.code}`)
    this.problem = problem
  }
}
