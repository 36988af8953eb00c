/** What the exporters of metrics and traces share: their address, their bounds, and the reports of their results. */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Resource } from '@opentelemetry/resources'
import type { ExportReports, Receiver } from './export-reports.ts'
import type { OtlpSettings } from './telemetry-settings.ts'

export interface OtlpBounds {
  readonly queuedSpans: number
  readonly spansOfExport: number
  readonly spansEveryMs: number
  readonly exportMs: number
}

export const usualBounds: OtlpBounds = { queuedSpans: 2_048, spansOfExport: 512, spansEveryMs: 5_000, exportMs: 10_000 }

/** A connection ends with its export, or at its deadline. The exporter bounds only the time without any data. */
const agentFor = (protocol: string, exportMs: number) => {
  const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (...options) => {
    const socket = connect(...options)
    if (socket) endLater(socket, exportMs)
    return socket
  }
  return agent
}

const endLater = (socket: Duplex, exportMs: number) => {
  const timer = setTimeout(() => socket.destroy(new Error('The receiver did not answer in time.')), exportMs)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}

export interface ExporterParts {
  readonly settings: OtlpSettings
  readonly resource: Resource
  readonly reports: ExportReports
  readonly bounds: OtlpBounds
}

export const exporterOptions = ({ settings, bounds }: ExporterParts, signal: 'metrics' | 'traces') => ({
  url: `${settings.endpoint}/v1/${signal}`,
  headers: { ...settings.headers },
  timeoutMillis: bounds.exportMs,
  concurrencyLimit: 2,
  httpAgentOptions: (protocol: string) => agentFor(protocol, bounds.exportMs),
})

interface Reported<Data> {
  export(data: Data, done: (result: { code: number; error?: Error }) => void): void
}

/** Reports each result. The SDK drops it. */
export const reportResults = <Data>(
  exporter: Reported<Data>,
  receiver: Receiver,
  reports: ExportReports,
  onFailed?: (data: Data) => void,
) => {
  const send = exporter.export.bind(exporter)
  exporter.export = (data, done) =>
    send(data, (result) => {
      if (result.code === 0) reports.worked(receiver)
      else {
        reports.failed(receiver, result.error)
        onFailed?.(data)
      }
      done(result)
    })
}
