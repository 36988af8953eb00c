/**
 * The shaders of the WebGL2 renderer. Positions are device pixels from the top left throughout; `uSize` turns them into what
 * WebGL counts (from the bottom left).
 *
 * A tile is a texture of palette indices, so a change of the palette is one tiny upload and a pixel is one byte. Integer
 * textures can't be filtered by the hardware: from one device pixel per cell on the nearest cell is what is wanted anyway;
 * below that several cells share a device pixel and the shader averages up to 3 × 3 of them, in linear light (approximated by
 * squares). The origin is a whole device pixel, so a pan reads the same cells again and nothing shimmers.
 */

export const groundVertex = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);
}`

export const groundFragment = `#version 300 es
precision highp float;
uniform vec2 uSize;
uniform vec2 uOrigin;
uniform vec4 uBoard;
uniform float uRatio;
uniform vec3 uPlaster;
uniform vec3 uDots;
uniform vec3 uEdge;
out vec4 color;
void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y);
  vec2 outside = max(max(uBoard.xy - at, at - uBoard.zw), 0.0);
  if (max(outside.x, outside.y) <= max(1.0, floor(uRatio + 0.5))) {
    color = vec4(uEdge, 1.0);
    return;
  }
  float spacing = 22.0 * uRatio;
  vec2 cell = mod(at - uOrigin + spacing * 0.5, spacing) - spacing * 0.5;
  float dot = clamp(1.0 * uRatio + 0.5 - length(cell), 0.0, 1.0);
  color = vec4(mix(uPlaster, uDots, dot), 1.0);
}`

export const tileVertex = `#version 300 es
uniform vec2 uSize;
uniform vec4 uRect;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 at = mix(uRect.xy, uRect.zw, corner) / uSize * 2.0 - 1.0;
  gl_Position = vec4(at.x, -at.y, 0.0, 1.0);
}`

export const tileFragment = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform vec2 uSize;
uniform vec2 uTileOrigin;
uniform float uScale;
uniform float uGrid;
uniform usampler2D uTile;
uniform sampler2D uPalette;
out vec4 color;

vec3 paint(ivec2 cell) {
  ivec2 last = textureSize(uTile, 0) - 1;
  uint index = texelFetch(uTile, clamp(cell, ivec2(0), last), 0).r;
  return texelFetch(uPalette, ivec2(int(index), 0), 0).rgb;
}

void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uTileOrigin;
  if (uScale >= 1.0) {
    ivec2 cell = ivec2(floor(at / uScale));
    vec3 rgb = paint(cell);
    if (uGrid > 0.0) {
      ivec2 before = ivec2(floor((at - 1.0) / uScale));
      if (before.x != cell.x || before.y != cell.y) {
        float light = dot(rgb, vec3(0.299, 0.587, 0.114));
        rgb = mix(rgb, vec3(light > 0.5 ? 0.0 : 1.0), 0.16 * uGrid);
      }
    }
    color = vec4(rgb, 1.0);
    return;
  }
  int n = int(clamp(ceil(1.0 / uScale), 1.0, 3.0));
  vec3 sum = vec3(0.0);
  for (int y = 0; y < n; y++) {
    for (int x = 0; x < n; x++) {
      vec2 offset = (vec2(x, y) + 0.5) / float(n) - 0.5;
      vec3 rgb = paint(ivec2(floor((at + offset) / uScale)));
      sum += rgb * rgb;
    }
  }
  color = vec4(sqrt(sum / float(n * n)), 1.0);
}`
