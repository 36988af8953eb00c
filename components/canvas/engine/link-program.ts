/** Compiles and links the two shaders of a program, and caches where its uniforms are. */
import type { Program, ProgramSource } from './layer.ts'

/** The context refuses a shader. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError'
}

/** @throws `ShaderError` */
export const linkProgram = (gl: WebGL2RenderingContext, { vertex, fragment }: ProgramSource): Program => {
  const program = gl.createProgram()
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(type)
    if (!shader) throw new ShaderError('The graphics context creates no shader.')
    gl.shaderSource(shader, source)
    gl.compileShader(shader)
    gl.attachShader(program, shader)
  }
  gl.linkProgram(program)
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new ShaderError(`A shader does not link: ${gl.getProgramInfoLog(program)}`)
  }
  const locations = new Map<string, WebGLUniformLocation | null>()
  const at = (uniform: string) => {
    let location = locations.get(uniform)
    if (location === undefined) {
      location = gl.getUniformLocation(program, uniform)
      locations.set(uniform, location)
    }
    return location
  }
  return { activate: () => gl.useProgram(program), at }
}
