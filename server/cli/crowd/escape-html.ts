import { printable } from '../../../lib/printable.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Of texts and attributes. */
export const escapeHtml = (text: string): string => printable(text).replace(/[&<>"']/g, (character) => entities[character] ?? character)
