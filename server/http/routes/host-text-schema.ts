/** The form of the longer texts that a host may write. Browsers and files may end lines in several ways. */
import { z } from 'zod'
import { isLines } from '../../../lib/canvas.ts'
import { markdownMistake } from '../../../lib/markdown.ts'

export const plainText = (maxCharacters: number) => {
  const rule = `must be at most ${maxCharacters} characters, without control characters`
  return z
    .string(rule)
    .transform((text) => text.replaceAll(/\r\n?/g, '\n').trimEnd())
    .refine((text) => isLines(text, maxCharacters), { message: rule, abort: true })
}

export const markdownText = (maxCharacters: number) =>
  plainText(maxCharacters).check(({ value, issues }) => {
    const mistake = markdownMistake(value)
    if (mistake !== null) issues.push({ code: 'custom', message: mistake, input: value })
  })
