/** A collector for OTLP over HTTP, for tests. It can also misbehave. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { decode, metricsMessage, tracesMessage } from './otlp-messages.fixture.ts'

type Decoded = {
  attributes: { key: string; value: { text?: string; int?: number; double?: number; array?: { values: { text: string }[] } } }[]
}
type Grouped<Item extends string, Value> = { resources: { resource: Decoded; scopes: Record<Item, Value[]>[] }[] }

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly start: bigint
  readonly end: bigint
  readonly attributes: Readonly<Record<string, unknown>>
  readonly links: readonly { traceId: string; spanId: string }[]
  readonly resource: Readonly<Record<string, unknown>>
}

export interface ReceivedMetric {
  readonly name: string
  readonly description: string
  readonly unit?: string
  readonly gauge?: { points: Point[] }
  readonly sum?: { points: Point[]; isMonotonic: number; temporality: number }
  readonly histogram?: { points: (Pick<Point, 'attributes'> & { count: bigint; sum: number; counts: number[]; bounds: number[] })[] }
}

interface Point {
  readonly double: number
  readonly attributes: Decoded['attributes']
}

export type Misbehave = (request: IncomingMessage, response: ServerResponse) => void

export const valuesOf = (attributes: Decoded['attributes']) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.text ?? value.int ?? value.double ?? value.array?.values.map(({ text }) => text)]),
  )

export const startCollector = async (misbehave?: Misbehave) => {
  const spans: ReceivedSpan[] = []
  const exports: { metrics: ReceivedMetric[]; resource: Readonly<Record<string, unknown>> }[] = []
  const headers: IncomingMessage['headers'][] = []
  const state = { misbehave }
  const server = createServer(async (request, response) => {
    headers.push(request.headers)
    if (state.misbehave) return state.misbehave(request, response)
    const bytes = await buffer(request)
    if (request.url === '/v1/traces') {
      const { resources } = decode(bytes, tracesMessage) as Grouped<'spans', Omit<ReceivedSpan, 'attributes' | 'resource'> & Decoded>
      for (const { resource, scopes } of resources)
        for (const span of scopes.flatMap((scope) => scope.spans))
          spans.push({ ...span, attributes: valuesOf(span.attributes), resource: valuesOf(resource.attributes) })
    } else if (request.url === '/v1/metrics') {
      const { resources } = decode(bytes, metricsMessage) as Grouped<'metrics', ReceivedMetric>
      for (const { resource, scopes } of resources)
        exports.push({ metrics: scopes.flatMap(({ metrics }) => metrics), resource: valuesOf(resource.attributes) })
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    exports,
    headers,
    /** Undefined: it behaves well again. */
    misbehave(how: Misbehave | undefined) {
      state.misbehave = how
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
