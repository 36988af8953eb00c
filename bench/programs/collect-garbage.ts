/** Loaded beforehand into processes whose memory is measured (`--import`, with `--expose-gc`): SIGUSR2 collects the garbage and says when it is done. */
process.on('SIGUSR2', () => {
  const collect = (globalThis as { gc?: () => void }).gc
  if (!collect) throw new Error('start it with --expose-gc')
  // What the first one finds dead the second one gives back.
  collect()
  collect()
  process.send?.('collected')
})
