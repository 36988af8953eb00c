/** Reads the log of a run back from the API, and says what of the acknowledged placements is missing or there twice. */
export const readLog = async (options: {
  url: string
  canvas: string
  tile: number
  after: number
}): Promise<{ ids: string[]; holes: number }> => {
  const ids: string[] = []
  let holes = 0
  let after = options.after
  for (;;) {
    const response = await fetch(`${options.url}/api/canvases/${options.canvas}/tiles/${options.tile}/commits?after=${after}&limit=1000`)
    const page = (await response.json()) as { next: number; commits: { seq: number; pixels: { id: string }[] }[] }
    for (const commit of page.commits) {
      if (commit.seq !== after + 1) holes++
      after = commit.seq
      for (const { id } of commit.pixels) ids.push(id)
    }
    if (page.commits.length === 0) return { ids, holes }
  }
}

export const compare = (acknowledged: Iterable<string>, logged: readonly string[]) => {
  const counts = new Map<string, number>()
  for (const id of logged) counts.set(id, (counts.get(id) ?? 0) + 1)
  const all = [...acknowledged]
  return {
    lost: all.filter((id) => !counts.has(id)).length,
    doubled: all.length - new Set(all).size + [...counts.values()].filter((count) => count > 1).length,
  }
}
