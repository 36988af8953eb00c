import type { Commit } from '../../../lib/commit.ts'
import { describeStore } from '../contract.ts'
import { MemoryStore } from './memory-store.ts'

class OpenStore extends MemoryStore {
  add(commit: Commit) {
    this.addEntry(commit)
  }
}

describeStore('the store in memory', async () => {
  const store = new OpenStore()
  return {
    store,
    addUnknown: async (entry) => store.add({ ...entry, pixels: [] }),
    reopen: async () => store,
    dispose: () => store.close(),
  }
})
