/** Mistakes in how Fresco is set up, as requests show them. The words for them are in `words/en-operations.ts`. */
export const warningCodes = [
  /** A request for a WebSocket came without `Upgrade`. */
  'websocket_not_upgraded',
  /** Polling requests name a session that another process has. */
  'session_of_another_process',
  /** A page of this server was refused, and PUBLIC_URL is empty. */
  'no_public_url',
  /** A page of this server was refused, and its address is not in PUBLIC_URL. */
  'address_not_in_public_url',
  /** A page of another site was refused. */
  'foreign_origin',
  /** TRUST_PROXY promises more addresses than X-Forwarded-For has. */
  'forwarded_for_missing',
  /** X-Forwarded-For arrives and TRUST_PROXY is 0. */
  'forwarded_for_ignored',
  /** A proxy passes requests on without saying so. */
  'proxy_without_headers',
  /** /metrics or the details of health were asked for through a proxy. */
  'metrics_through_proxy',
  /** Fresco was asked for below a path. */
  'sub_path',
] as const
export type WarningCode = (typeof warningCodes)[number]

export interface OperatorWarning {
  readonly code: WarningCode
  /** Of the last request that showed it. */
  readonly detail: string
  /** Since the processes started. */
  readonly count: number
  readonly lastAt: string
}

/** What anybody can cause from outside says nothing about the setup by itself. */
const fromOutside: ReadonlySet<WarningCode> = new Set(['foreign_origin', 'metrics_through_proxy', 'sub_path'])
export const isSetupWarning = ({ code }: Pick<OperatorWarning, 'code'>) => !fromOutside.has(code)
