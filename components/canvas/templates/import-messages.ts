/** What the page and the worker that imports templates say to each other. */
import type { DecodedTemplate } from '../../../lib/templates/decode-entry.ts'
import type { TemplateEntry } from '../../../lib/templates/template-entry.ts'
import type { TemplateProblem } from '../../../lib/templates/template-problem.ts'

export type ImportRequest =
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'decode'; readonly entry: TemplateEntry; readonly palette: readonly string[]; readonly scale?: number }

export type ImportResponse =
  | { readonly kind: 'entries'; readonly entries: readonly TemplateEntry[] }
  | { readonly kind: 'decoded'; readonly template: DecodedTemplate }
  | { readonly kind: 'problem'; readonly problem: TemplateProblem }

export interface NumberedRequest {
  readonly id: number
  readonly request: ImportRequest
}

export interface NumberedResponse {
  readonly id: number
  readonly response: ImportResponse
}
