/** A CPU profile (`--cpu-prof`) in a few lines: the time by function, alone and with everything that it called. */
import { z } from 'zod'

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
type Profile = z.infer<typeof profileSchema>

export interface Cost {
  readonly name: string
  /** Parts of the whole time, without waiting. */
  readonly self: number
  readonly total: number
}

const waiting = new Set(['(idle)', '(program)', '(root)'])

const nameOf = ({ callFrame: { functionName, url, lineNumber } }: Profile['nodes'][number]) => {
  const file = url
    .replace(/^file:\/\//, '')
    .replace(/^.*\/node_modules\//, '')
    .replace(/^.*\/(?=(?:server|lib|bench)\/)/, '')
  return `${functionName || '(anonymous)'}${file ? `  ${file}:${lineNumber + 1}` : ''}`
}

/** The most self time first, from a given time after the start. @throws if the input is not a profile. */
export const costsOf = (json: unknown, fromSeconds = 0): Cost[] => {
  const profile = profileSchema.parse(json)
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)))
  const self = new Map<string, number>()
  const total = new Map<string, number>()
  let all = 0
  let now = 0
  for (const [index, id] of profile.samples.entries()) {
    const node = nodes.get(id)
    const time = profile.timeDeltas[index] ?? 0
    now += time
    if (!node || now < fromSeconds * 1e6 || waiting.has(node.callFrame.functionName)) continue
    all += time
    self.set(nameOf(node), (self.get(nameOf(node)) ?? 0) + time)
    // A function that calls itself counts once.
    const above = new Set<string>()
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const each = nodes.get(at)
      if (each) above.add(nameOf(each))
    }
    for (const name of above) total.set(name, (total.get(name) ?? 0) + time)
  }
  return [...total].map(([name, time]) => ({ name, self: (self.get(name) ?? 0) / all, total: time / all })).sort((a, b) => b.self - a.self)
}
