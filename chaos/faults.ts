/**
 * Ports whose calls fail before or after they take effect. A lost answer is the harder case: the caller may only rely on the port's
 * contract.
 */
export type Fault = 'before' | 'after' | null

/** The port with faults in the named methods. Calls `next` before each call; methods keep their own `this`. */
export const withFaults = <Port extends object>(
  port: Port,
  options: { methods: readonly (keyof Port & string)[]; next: () => Fault; failure: (method: string, fault: 'before' | 'after') => Error },
): Port =>
  new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const method = value.bind(target) as (...args: unknown[]) => unknown
      if (!options.methods.some((each) => each === name)) return method
      return async (...args: unknown[]) => {
        const fault = options.next()
        if (fault === 'before') throw options.failure(String(name), fault)
        const answer = await method(...args)
        if (fault === 'after') throw options.failure(String(name), fault)
        return answer
      }
    },
  })
