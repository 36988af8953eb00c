/** A known mistake as an edit of the source, and the tests that must go red for it. */
export interface Edit {
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly replace: string
}

export interface Mutation {
  readonly name: string
  /** What it breaks. */
  readonly breaks: 'A1' | 'A2' | 'A3' | 'A4' | 'A5' | 'A6' | 'A7'
  readonly edits: readonly Edit[]
  /** Test files; at least one of their tests goes red. */
  readonly tests: readonly string[]
}

/** The text with the edit made. @throws when what is to be replaced is not there exactly once: then the list of mutations is out of date. */
export const applyEdit = (text: string, { file, find, replace }: Edit): string => {
  const count = text.split(find).length - 1
  if (count !== 1) throw new Error(`${file} has ${count} places for this edit, instead of one:\n${find}`)
  return text.replace(find, () => replace)
}
