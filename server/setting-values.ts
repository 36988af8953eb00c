/** The forms of values that several settings have. A mistake completes a sentence that begins with the name of the variable. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

export const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be ${minimum} to ${maximum}`)

export const decimal = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,6}(\.\d{1,6})?$/, `must be a number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `must be ${minimum} to ${maximum}`)

export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

export const secret = z.string().min(32, 'must be at least 32 characters')

export const origin = (text: string) => {
  try {
    const url = new URL(text)
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.pathname === '/' && !url.search && !url.hash ? url.origin : null
  } catch {
    return null
  }
}

export const uri = (schemes: readonly string[]) =>
  z
    .string()
    .trim()
    .refine((text) => schemes.some((scheme) => text.startsWith(scheme)), `must begin with ${schemes.join(' or ')}`)

export const readCertificates = (file: string, context: z.RefinementCtx): string => {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
    context.addIssue({ code: 'custom', message: `${file} has no certificate: it must be a PEM file` })
  } catch (error) {
    context.addIssue({ code: 'custom', message: `${file} could not be read (${(error as NodeJS.ErrnoException).code})` })
  }
  return z.NEVER
}
