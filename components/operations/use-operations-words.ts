import { type OperationsWords, operationsWordsOf } from '../../lib/words/operations-words.ts'
import { useLanguage } from '../language.tsx'

export const useOperationsWords = (): OperationsWords => operationsWordsOf(useLanguage())
