import { type OperationsWords, operationsWords } from '../../lib/words/operations-words.ts'

export const useOperationsWords = (): OperationsWords => operationsWords
