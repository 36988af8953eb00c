/** The faults, with the alerts that must arrive for each and resolve after it is mended. */
import { setTimeout as wait } from 'node:timers/promises'
import { scaledMs } from './scaled-files.ts'
import { metricsToken, type Stage } from './stage.ts'

export interface AlertFault {
  readonly name: string
  /** Must arrive, and resolve. */
  readonly alerts: readonly string[]
  /** Must fire in Prometheus, and not arrive, because another alert names their cause. */
  readonly silenced?: readonly string[]
  readonly cause: (stage: Stage) => Promise<unknown>
  readonly mend: (stage: Stage) => Promise<unknown>
}

const nothing = async () => undefined

export const killPublisher: AlertFault = {
  name: 'the publisher is killed',
  alerts: ['FrescoNobodyPublishes', 'FrescoProcessIsDown'],
  silenced: ['FrescoWorkerLost'],
  cause: (stage) => stage.the('publisher').kill(),
  mend: (stage) => stage.the('publisher').boot(),
}

export const closeProxy: AlertFault = {
  name: 'the public address does not answer',
  alerts: ['FrescoIsUnreachable'],
  cause: async (stage) => stage.publicAddress.close(),
  mend: (stage) => stage.publicAddress.open(),
}

const wrongHeader: AlertFault = {
  name: 'a proxy sends X-Forwarded-For, and TRUST_PROXY is 0',
  alerts: ['FrescoIsSetUpWrongly{forwarded_for_ignored}'],
  cause: (stage) => fetch(`${stage.the('web').url}/api/canvases`, { headers: { 'x-forwarded-for': '192.0.2.1' } }),
  // The alert ends ten (scaled) minutes after the last request.
  mend: nothing,
}

const deadLetterPath = 'outbox/dead'

export const servicesFaults: readonly AlertFault[] = [
  killPublisher,
  closeProxy,
  wrongHeader,
  {
    name: 'the web process is killed',
    alerts: ['FrescoNoWebProcess', 'FrescoProcessIsDown'],
    silenced: ['FrescoIsUnreachable', 'FrescoWorkerLost'],
    cause: (stage) => stage.the('web').kill(),
    mend: (stage) => stage.the('web').boot(),
  },
  {
    name: 'the projector hangs (SIGSTOP), and 1,200 pixels are painted',
    alerts: ['FrescoProcessIsDown', 'FrescoWorkerLost{projector}', 'FrescoGroupLags'],
    cause: async (stage) => {
      stage.the('projector').freeze()
      await stage.paint(1_200)
    },
    mend: async (stage) => stage.the('projector').thaw(),
  },
  {
    name: 'every process is killed',
    alerts: ['FrescoIsDown'],
    silenced: ['FrescoProcessIsDown', 'FrescoIsUnreachable'],
    cause: (stage) => Promise.all(stage.cluster.members.map((member) => member.kill())),
    mend: (stage) => stage.bootAll(),
  },
  {
    name: 'Prometheus has a wrong METRICS_TOKEN',
    alerts: ['FrescoIsDown'],
    silenced: ['FrescoProcessIsDown'],
    cause: async (stage) => stage.monitoring.useToken('another token, as long as a real one is'),
    mend: async (stage) => stage.monitoring.useToken(metricsToken),
  },
  {
    name: 'Redis is killed, and a pixel is painted',
    alerts: ['FrescoStreamIsAway'],
    cause: async (stage) => {
      await stage.cluster.services?.redis.servers[0].kill()
      await stage.paint(1)
    },
    mend: async (stage) => stage.cluster.services?.redis.servers[0].boot(),
  },
  {
    name: 'publishing is paused, and a pixel is painted',
    alerts: ['FrescoPixelsAreWaiting'],
    cause: async (stage) => {
      await stage.administer('POST', 'outbox/pause')
      await wait(1_500)
      await stage.paint(1)
    },
    mend: (stage) => stage.administer('POST', 'outbox/resume'),
  },
  {
    name: 'a commit cannot be published (failpoint publisher.before-append)',
    alerts: ['FrescoTilesAreStuck', 'FrescoDeadLetters'],
    cause: async (stage) => {
      await stage.the('publisher').restart({ FAILPOINTS: 'publisher.before-append=throw', ALLOW_FAILPOINTS: '1' })
      await stage.paint(1)
    },
    mend: async (stage) => {
      await stage.the('publisher').restart()
      const { dead } = (await stage.administer('GET', deadLetterPath)) as { dead: { id: string }[] }
      for (const { id } of dead) await stage.administer('POST', `${deadLetterPath}/${id}/retry`)
    },
  },
  {
    name: 'transactions fail, and four people paint (failpoint placement.before-commit)',
    alerts: ['FrescoRefusesPlacements'],
    cause: async (stage) => {
      await stage.the('web').restart({ FAILPOINTS: 'placement.before-commit=throw', ALLOW_FAILPOINTS: '1' })
      stage.startPainting()
    },
    mend: async (stage) => {
      stage.stopPainting()
      await stage.the('web').restart()
    },
  },
  {
    name: 'a promise of the publisher is rejected, and nothing handles it',
    alerts: ['FrescoUnexpectedErrors{unhandled_rejection}'],
    cause: (stage) => {
      const mistake = "setTimeout(() => Promise.reject(new Error('a mistake for the test')), 3000)"
      return stage.the('publisher').restart({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(mistake)}` })
    },
    mend: (stage) => stage.the('publisher').restart(),
  },
  {
    name: 'the projector is killed, and a contact for tickets does not answer',
    alerts: ['FrescoAlertsAreNotSent'],
    cause: async (stage) => {
      stage.monitoring.otherContact.close()
      await stage.the('projector').kill()
    },
    mend: async (stage) => {
      await stage.monitoring.otherContact.open()
      await stage.the('projector').boot()
    },
  },
  {
    name: 'Alertmanager is away for 5 s, the publisher is killed, and a pixel is painted',
    alerts: ['FrescoNobodyPublishes'],
    silenced: ['FrescoPixelsAreWaiting'],
    cause: async (stage) => {
      await stage.monitoring.killAlertmanager()
      await stage.the('publisher').kill()
      await stage.paint(1)
      await wait(5_000)
      await stage.monitoring.startAlertmanager()
    },
    mend: (stage) => stage.the('publisher').boot(),
  },
  {
    name: 'the publisher is killed, and then Prometheus is killed and started',
    alerts: ['FrescoNobodyPublishes'],
    cause: async (stage) => {
      await stage.the('publisher').kill()
      await stage.monitoring.killPrometheus()
      await stage.monitoring.startPrometheus()
    },
    mend: (stage) => stage.the('publisher').boot(),
  },
]

/** A start takes seconds, so the 15 minutes of the rule must not be too short. */
export const restartFaults: readonly AlertFault[] = [
  {
    name: 'the projector is killed and started four times',
    alerts: ['FrescoProcessRestartsOften'],
    cause: async (stage) => {
      for (let start = 0; start < 4; start++) {
        await stage.the('projector').restart()
        // Prometheus must scrape each process.
        await wait(scaledMs('30s', stage.monitoring.scale))
      }
    },
    mend: nothing,
  },
]

/** Each needs a scrape that may take a second. */
export const slowFaults: readonly AlertFault[] = [
  {
    name: 'the event loop of the publisher stops for 300 ms twice a second',
    alerts: ['FrescoEventLoopIsSlow'],
    cause: async (stage) => startStuttering(stage),
    mend: async (stage) => stuttering.get(stage)?.abort(),
  },
  {
    name: 'MongoDB is killed',
    alerts: ['FrescoStoreIsAway'],
    cause: async (stage) => {
      await stage.cluster.services?.mongo.kill()
      stage.startPainting()
    },
    mend: async (stage) => {
      stage.stopPainting()
      await stage.cluster.services?.mongo.boot()
    },
  },
]

const stuttering = new WeakMap<Stage, AbortController>()

const startStuttering = (stage: Stage) => {
  const controller = new AbortController()
  stuttering.set(stage, controller)
  const stutter = async () => {
    const publisher = stage.the('publisher')
    while (!controller.signal.aborted) {
      publisher.freeze()
      await wait(300)
      publisher.thaw()
      await wait(200)
    }
  }
  void stutter()
}
