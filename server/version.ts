/** The version of this Fresco. CHANGELOG.md lists the versions. */
import packageJson from '../package.json' with { type: 'json' }

export const { version } = packageJson
