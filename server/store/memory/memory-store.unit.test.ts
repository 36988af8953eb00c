import { describeStore } from '../contract.ts'
import { MemoryStore } from './memory-store.ts'

describeStore('the store in memory', async () => {
  const store = new MemoryStore()
  return {
    store,
    addUnknown: async (entry) => store.addEntry({ ...entry, pixels: [] }),
    reopen: async () => store,
    dispose: () => store.close(),
  }
})
