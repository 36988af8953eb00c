/** nginx and Caddy with the files of `deploy/`, changed only in ports, name and certificate, and with a certificate for localhost. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { freePort } from '../../server/testing/free-port.ts'
import { killAtExit } from '../../server/testing/kill-at-exit.ts'

export type ProxyProgram = 'nginx' | 'caddy'

const deploy = join(import.meta.dirname, '../../deploy')

/** Replaces every occurrence. @throws if there is none, because the file in `deploy/` has changed. */
const replaced = (text: string, pairs: readonly (readonly [string, string])[]) =>
  pairs.reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`"${from}" is not in the file`)
    return changed.replaceAll(from, to)
  }, text)

export class ReverseProxies {
  readonly nginxUrl: string
  readonly caddyUrl: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'fresco-proxies-'))
  readonly #ports: readonly [number, number, number]
  readonly #children: ChildProcess[] = []
  readonly #authorities = getCACertificates()

  private constructor(ports: readonly [number, number, number]) {
    this.#ports = ports
    this.nginxUrl = `https://localhost:${ports[0]}`
    this.caddyUrl = `https://localhost:${ports[2]}`
  }

  /** Chooses the ports and makes the certificate, which requests of this process trust. */
  static async prepare(): Promise<ReverseProxies> {
    const proxies = new ReverseProxies([await freePort(), await freePort(), await freePort()])
    const { key, certificate } = proxies.#files
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2', '-nodes']
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    execFileSync('openssl', ['req', '-x509', ...curve, ...name, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
    setDefaultCACertificates([...proxies.#authorities, readFileSync(certificate, 'utf8')])
    return proxies
  }

  get #files() {
    return { key: join(this.#folder, 'key.pem'), certificate: join(this.#folder, 'certificate.pem') }
  }

  /** Starts both in front of two web processes. */
  async start(webs: readonly [number, number]) {
    this.#startNginx(webs)
    this.#startCaddy(webs)
    for (const url of [this.nginxUrl, this.caddyUrl]) await answers(url)
  }

  #startNginx(webs: readonly [number, number]) {
    const { key, certificate } = this.#files
    const [port, plainPort] = this.#ports
    const file = replaced(readFileSync(join(deploy, 'nginx.conf'), 'utf8'), [
      ['\tlisten [::]:80;\n', ''],
      ['\tlisten [::]:443 ssl http2;\n', ''],
      ['listen 80;', `listen 127.0.0.1:${plainPort};`],
      ['listen 443 ', `listen 127.0.0.1:${port} `],
      ['server_name fresco.example;', 'server_name localhost;'],
      ['/etc/letsencrypt/live/fresco.example/fullchain.pem', certificate],
      ['/etc/letsencrypt/live/fresco.example/privkey.pem', key],
      ['127.0.0.1:3001', `127.0.0.1:${webs[0]}`],
      ['127.0.0.1:3002', `127.0.0.1:${webs[1]}`],
    ])
    writeFileSync(join(this.#folder, 'fresco.conf'), file)
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.#folder};`).join(' ')
    const http = `http { access_log off; ${folders} include fresco.conf; }`
    writeFileSync(join(this.#folder, 'nginx.conf'), `daemon off; master_process off; pid nginx.pid; events {} ${http}\n`)
    this.#spawn('nginx', ['-p', this.#folder, '-e', 'stderr', '-c', 'nginx.conf'])
  }

  #startCaddy(webs: readonly [number, number]) {
    const { key, certificate } = this.#files
    const file = replaced(readFileSync(join(deploy, 'Caddyfile'), 'utf8'), [
      ['{\n\tservers {', '{\n\tadmin off\n\tauto_https disable_redirects\n\tservers {'],
      ['\trequest_body {', `\ttls ${certificate} ${key}\n\trequest_body {`],
    ])
    writeFileSync(join(this.#folder, 'Caddyfile'), file)
    this.#spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', join(this.#folder, 'Caddyfile')], {
      PUBLIC_URL: this.caddyUrl,
      FRESCO: webs.map((port) => `127.0.0.1:${port}`).join(' '),
      HOME: this.#folder,
    })
  }

  #spawn(command: ProxyProgram, args: readonly string[], env: Record<string, string> = {}) {
    // Debian keeps nginx in /usr/sbin, which is not on every PATH.
    const child = spawn(command, args, { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin`, ...env }, stdio: 'ignore' })
    killAtExit(child)
    this.#children.push(child)
  }

  async dispose() {
    for (const child of this.#children) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    setDefaultCACertificates(this.#authorities)
    rmSync(this.#folder, { recursive: true })
  }
}

const answers = async (url: string) => {
  for (const until = Date.now() + 20_000; ; ) {
    const status = await fetch(`${url}/livez`).then((response) => response.status, String)
    if (status === 200) return
    if (Date.now() > until) throw new Error(`${url} does not answer: ${status}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
