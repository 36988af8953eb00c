/** A known mistake as an edit of the source, and the tests that must fail for it. */
export interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export interface Mutation {
  readonly name: string
  /** The invariant that it breaks. */
  readonly breaks: 'A1' | 'A2' | 'A3' | 'A4' | 'A5' | 'A6' | 'A7'
  readonly edits: readonly Edit[]
  /** Test files. At least one of their tests must fail. */
  readonly tests: readonly string[]
}

/** The edited text. @throws if the text to replace does not occur exactly once: the list of mutations is then out of date. */
export const applyEdit = (text: string, { file, find, replace }: Edit): string => {
  const count = text.split(find).length - 1
  if (count !== 1) throw new Error(`${file} has ${count} places for this edit, instead of one:\n${find}`)
  return text.replace(find, () => replace)
}
