/** Loaded beforehand into a server whose memory is measured (`--import`, with `--expose-gc`): SIGUSR2 collects the garbage and says when it is done. */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('SIGUSR2', () => {
    const collect = (globalThis as { gc?: () => void }).gc
    if (!collect) throw new Error('start it with --expose-gc')
    // What the first one finds dead the second one gives back.
    collect()
    collect()
    process.stdout.write('garbage collected\n')
  })
}
