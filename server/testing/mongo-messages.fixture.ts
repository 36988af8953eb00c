/** The part of MongoDB's wire protocol that a proxy needs: commands and replies as OP_MSG, and the first `hello` as OP_QUERY and OP_REPLY. */
import mongoose from 'mongoose'

const { BSON } = mongoose.mongo

export type Document = Record<string, unknown>

export interface MongoMessage {
  readonly requestId: number
  readonly responseTo: number
  /** Null for a message that is neither a command nor a reply. */
  readonly body: Document | null
}

const opReply = 1
const opQuery = 2004
const opMsg = 2013
const headerBytes = 16
/** Keeps the types of numbers, so that a changed reply differs in the changed fields only. */
const exact = { promoteValues: false } as const

const documentAt = (message: Buffer, offset: number) => {
  const end = offset + message.readInt32LE(offset)
  return { document: BSON.deserialize(message.subarray(offset, end)) as Document, end }
}

/** Sections of kind 1 are lists of statements. They become fields of the body, as on the server. */
const bodyOfMsg = (message: Buffer): Document => {
  let body: Document = {}
  const end = message.length - (message.readUInt32LE(headerBytes) & 1 ? 4 : 0)
  for (let at = headerBytes + 4; at < end; ) {
    const kind = message.readUInt8(at)
    if (kind === 0) {
      const { document, end: next } = documentAt(message, at + 1)
      body = { ...document, ...body }
      at = next
      continue
    }
    const sectionEnd = at + 1 + message.readInt32LE(at + 1)
    const nameEnd = message.indexOf(0, at + 5)
    const list: Document[] = []
    for (let each = nameEnd + 1; each < sectionEnd; ) {
      const { document, end: next } = documentAt(message, each)
      list.push(document)
      each = next
    }
    body = { ...body, [message.toString('utf8', at + 5, nameEnd)]: list }
    at = sectionEnd
  }
  return body
}

const bodyOf = (message: Buffer): Document | null => {
  switch (message.readInt32LE(12)) {
    case opMsg:
      return bodyOfMsg(message)
    case opReply:
      return documentAt(message, headerBytes + 20).document
    case opQuery:
      return documentAt(message, message.indexOf(0, headerBytes + 4) + 9).document
    default:
      return null
  }
}

export const parseMessage = (message: Buffer): MongoMessage => ({
  requestId: message.readInt32LE(4),
  responseTo: message.readInt32LE(8),
  body: bodyOf(message),
})

/** The reply with another body, made from the old one. */
export const withBody = (reply: Buffer, change: (body: Document) => Document): Buffer => {
  const start = headerBytes + (reply.readInt32LE(12) === opReply ? 20 : 5)
  const { length } = reply
  const old = BSON.deserialize(reply.subarray(start, Math.min(length, start + reply.readInt32LE(start))), exact) as Document
  const changed = Buffer.concat([reply.subarray(0, start), BSON.serialize(change(old))])
  changed.writeInt32LE(changed.length, 0)
  return changed
}

/** A reply of the proxy to a command that the server does not receive. */
export const replyTo = (request: Buffer, body: Document): Buffer => {
  const reply = Buffer.concat([Buffer.alloc(headerBytes + 5), BSON.serialize(body)])
  reply.writeInt32LE(reply.length, 0)
  reply.writeInt32LE(request.readInt32LE(4), 8)
  reply.writeInt32LE(opMsg, 12)
  return reply
}

/** Cuts a stream of bytes into messages. */
export class MessageReader {
  #rest = Buffer.alloc(0)

  read(data: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, data])
    const messages: Buffer[] = []
    while (this.#rest.length >= headerBytes && this.#rest.length >= this.#rest.readInt32LE(0)) {
      const length = this.#rest.readInt32LE(0)
      messages.push(this.#rest.subarray(0, length))
      this.#rest = this.#rest.subarray(length)
    }
    return messages
  }
}
