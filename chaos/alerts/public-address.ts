/** An https proxy in front of a web process, with a certificate that nobody trusts. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../server/testing/free-port.ts'

/** An address of this machine other than loopback, for which Fresco needs the metrics token. */
export const ownAddress = () =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'

const makeCertificate = () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresco-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '1', '-nodes', '-subj', '/CN=elsewhere.example']
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const files = { key: readFileSync(key), cert: readFileSync(cert) }
  rmSync(folder, { recursive: true })
  return files
}

export class PublicAddress {
  readonly #port: number
  readonly #target: string
  readonly #certificate = makeCertificate()
  #server: Server | null = null

  private constructor(port: number, target: string) {
    this.#port = port
    this.#target = target
  }

  static async start(target: string): Promise<PublicAddress> {
    const address = new PublicAddress(await freePort(), target)
    await address.open()
    return address
  }

  get url() {
    // Prometheus takes no loopback name for a public address; this one leads there, too.
    return `https://0.0.0.0:${this.#port}`
  }

  async open() {
    this.#server = createServer(this.#certificate, (incoming, outgoing) => {
      const forwarded = request(`${this.#target}${incoming.url}`, { method: incoming.method, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      })
      forwarded.on('error', () => outgoing.writeHead(502).end())
      incoming.pipe(forwarded)
    })
    this.#server.listen(this.#port, '0.0.0.0')
    await once(this.#server, 'listening')
  }

  close() {
    this.#server?.closeAllConnections()
    this.#server?.close()
  }
}
