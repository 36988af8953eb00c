/** Decodes OTLP messages (protobuf) for tests: the fields of opentelemetry-proto that Fresco sends. */

type Read = (bytes: Buffer) => unknown
type Fields = Readonly<
  Record<
    number,
    readonly [name: string, kind: 'text' | 'hex' | 'int' | 'double' | 'fixed64' | 'doubles' | 'fixeds' | Message, isList?: 'list']
  >
>
interface Message {
  readonly fields: Fields
}
const message = (fields: Fields): Message => ({ fields })

const anyValue = message({
  1: ['text', 'text'],
  3: ['int', 'int'],
  4: ['double', 'double'],
  5: ['array', message({ 1: ['values', message({ 1: ['text', 'text'] }), 'list'] })],
})
const attributes = ['attributes', message({ 1: ['key', 'text'], 2: ['value', anyValue] }), 'list'] as const
const resource = ['resource', message({ 1: attributes })] as const
const scope = ['scope', message({ 1: ['name', 'text'] })] as const

const link = message({ 1: ['traceId', 'hex'], 2: ['spanId', 'hex'] })
const span = message({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'int'],
  7: ['start', 'fixed64'],
  8: ['end', 'fixed64'],
  9: attributes,
  13: ['links', link, 'list'],
})
export const tracesMessage = message({
  1: ['resources', message({ 1: resource, 2: ['scopes', message({ 1: scope, 2: ['spans', span, 'list'] }), 'list'] }), 'list'],
})

const number = message({ 3: ['time', 'fixed64'], 4: ['double', 'double'], 6: ['int', 'fixed64'], 7: attributes })
const histogram = message({
  4: ['count', 'fixed64'],
  5: ['sum', 'double'],
  6: ['counts', 'fixeds'],
  7: ['bounds', 'doubles'],
  9: attributes,
})
const metric = message({
  1: ['name', 'text'],
  2: ['description', 'text'],
  3: ['unit', 'text'],
  5: ['gauge', message({ 1: ['points', number, 'list'] })],
  7: ['sum', message({ 1: ['points', number, 'list'], 2: ['temporality', 'int'], 3: ['isMonotonic', 'int'] })],
  9: ['histogram', message({ 1: ['points', histogram, 'list'], 2: ['temporality', 'int'] })],
})
export const metricsMessage = message({
  1: ['resources', message({ 1: resource, 2: ['scopes', message({ 1: scope, 2: ['metrics', metric, 'list'] }), 'list'] }), 'list'],
})

const parts = (bytes: Buffer, size: 8) =>
  Array.from({ length: bytes.length / size }, (_, index) => bytes.subarray(index * size, (index + 1) * size))

const readers: Readonly<Record<string, Read>> = {
  text: (bytes) => bytes.toString(),
  hex: (bytes) => bytes.toString('hex'),
  double: (bytes) => bytes.readDoubleLE(),
  fixed64: (bytes) => bytes.readBigUInt64LE(),
  doubles: (bytes) => parts(bytes, 8).map((part) => part.readDoubleLE()),
  fixeds: (bytes) => parts(bytes, 8).map((part) => Number(part.readBigUInt64LE())),
}

/** As plain objects. A list is always there. */
export const decode = (bytes: Buffer, { fields }: Message): Record<string, unknown> => {
  const decoded: Record<string, unknown> = {}
  for (const [name, , isList] of Object.values(fields)) if (isList) decoded[name] = []
  let at = 0
  const varint = () => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(value)
    }
  }
  const take = (length: number) => {
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const wire = tag & 7
    const raw = wire === 0 ? varint() : take(wire === 2 ? varint() : wire === 1 ? 8 : 4)
    const field = fields[tag >>> 3]
    if (!field) continue
    const [name, kind, isList] = field
    const value = typeof raw === 'number' ? raw : typeof kind === 'object' ? decode(raw, kind) : readers[kind]?.(raw)
    if (isList) (decoded[name] as unknown[]).push(value)
    else decoded[name] = value
  }
  return decoded
}
