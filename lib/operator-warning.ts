/** Mistakes in the setup that requests or other processes reveal. Their texts are in `words/en-operations.ts`. */
export const warningCodes = [
  /** A request for a WebSocket came without `Upgrade`. */
  'websocket_not_upgraded',
  /** A polling request names a session of another process. */
  'session_of_another_process',
  /** A page of this server was refused, and PUBLIC_URL is empty. */
  'no_public_url',
  /** A page of this server was refused, and its address is not in PUBLIC_URL. */
  'address_not_in_public_url',
  /** A page of another site was refused. */
  'foreign_origin',
  /** TRUST_PROXY expects more addresses than X-Forwarded-For has. */
  'forwarded_for_missing',
  /** X-Forwarded-For arrives and TRUST_PROXY is 0. */
  'forwarded_for_ignored',
  /** A proxy forwards requests without its headers. */
  'proxy_without_headers',
  /** /metrics or the health details were requested through a proxy. */
  'metrics_through_proxy',
  /** Fresco was requested below a path. */
  'sub_path',
  /** Processes on one database read different streams. */
  'partitions_differ',
  /** Processes on one database have different versions of Fresco. */
  'versions_differ',
  /** A step of a schedule could not change its canvas. */
  'schedule_step_failed',
] as const
export type WarningCode = (typeof warningCodes)[number]

export interface OperatorWarning {
  readonly code: WarningCode
  /** From the last time that it was revealed. */
  readonly detail: string
  /** Since the processes started. */
  readonly count: number
  readonly lastAt: string
}

/** Anyone can cause these from outside, so they do not prove a mistake in the setup. */
const fromOutside: ReadonlySet<WarningCode> = new Set(['foreign_origin', 'metrics_through_proxy', 'sub_path'])
export const isSetupWarning = ({ code }: Pick<OperatorWarning, 'code'>) => !fromOutside.has(code)
