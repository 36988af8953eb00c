/**
 * Preloaded into processes whose memory is measured (`--import`, with `--expose-gc`). SIGUSR2 collects the garbage; afterwards the process prints
 * a line, and sends a message to a parent with a channel.
 */
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('SIGUSR2', () => {
    const collect = (globalThis as { gc?: () => void }).gc
    if (!collect) throw new Error('start it with --expose-gc')
    // The second collection frees the memory of objects that the first one found unreachable.
    collect()
    collect()
    process.stdout.write('garbage collected\n')
    process.send?.('collected')
  })
}
