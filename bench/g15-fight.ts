import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { bothCores } from './setup/cores.ts'
import { Fresco } from './setup/fresco.ts'
import { startLoad } from './setup/load.ts'
import { timesOf } from './setup/posting.ts'
import { startServices } from './setup/services.ts'

const painters = 64

const fightOn = async (run: RunOptions, processes: number): Promise<Sample> => {
  const { scope } = run
  const env = await startServices(scope)
  const start = (roles: string) => Fresco.start({ scope, core: bothCores, env: { ...env, ROLES: roles } })
  await start('publisher,projector')
  const ports: number[] = []
  while (ports.length < processes) ports.push((await start('web')).port)
  const load = startLoad(scope, bothCores)
  const area = { x: 0, y: 0, width: 10, height: 10 }
  const rate = await load.call('saturate', { ports, inFlight: painters, painters, ...timesOf(run), area })
  await load.call('verify', { port: ports[0] ?? 0, eachPlaceOnce: false })
  return { ...rate, slowPercent: (rate.slow * 100) / rate.answers }
}

export const g15: Bench = {
  id: 'g15',
  title: '64 painters on the same 10 × 10 pixels through 3 web processes ÷ 1',
  method: '64 painters on the same 10 × 10 pixels. A refused painter repeats at once.',
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'ratio', what: '201s per second, 3 processes ÷ 1', unit: '×', better: 'more', pass: 0.5, best: 0.9 },
    { id: 'slow', what: '201s that took over a second', unit: '%', better: 'less', pass: 1, best: 0 },
  ],
  sides: [
    { name: 'three', run: (run) => fightOn(run, 3) },
    { name: 'one', run: (run) => fightOn(run, 1) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'three', 'perSecond') / of(samples, 'one', 'perSecond'),
    slow: of(samples, 'three', 'slowPercent'),
  }),
}
