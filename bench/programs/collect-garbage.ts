/** Preloaded into processes whose memory is measured (`--import`, with `--expose-gc`). SIGUSR2 collects the garbage and sends a message afterwards. */
process.on('SIGUSR2', () => {
  const collect = (globalThis as { gc?: () => void }).gc
  if (!collect) throw new Error('start it with --expose-gc')
  // The second collection frees the memory of objects that the first one found unreachable.
  collect()
  collect()
  process.send?.('collected')
})
