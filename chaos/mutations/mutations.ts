/** Mistakes that would break an invariant, each as an edit of production code with the tests that must fail. */
import { deliveryMutations } from './delivery-mutations.ts'
import type { Mutation } from './mutation.ts'
import { storeMutations } from './store-mutations.ts'
import { undoMutations } from './undo-mutations.ts'

export const mutations: readonly Mutation[] = [...storeMutations, ...undoMutations, ...deliveryMutations]
