/**
 * Draws the part of one template that lies on one tile. The tile's texture is on unit 0, the palette on 1, the template's cells on 2,
 * its blocks on 3 and the symbols on 4. The colors are multiplied by their opacity. The geometry is that of `template-marks.ts`.
 */
import { minMarkZoom, smallCell } from './template-marks.ts'
import { tileVertex } from './tile-quads.ts'

const head = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform vec2 uSize;
uniform vec2 uTileOrigin;
uniform float uScale;
uniform float uRatio;
uniform usampler2D uTile;
uniform sampler2D uPalette;
uniform usampler2D uTemplate;
uniform usampler2D uBlocks;
uniform usampler2D uSymbols;
/** From a cell of the tile to one of the template, and from a block of the tile to one of the template. */
uniform ivec2 uOffset;
uniform ivec2 uBlockOffset;
uniform ivec2 uTemplateSize;
uniform int uRowLength;
uniform int uColors;
uniform int uBackground;
/** A color, or -1 for all of them. */
uniform int uFilter;
/** 0: ring, 1: dot, 2: symbol. */
uniform int uKind;
uniform float uDot;
uniform float uOpacity;
out vec4 color;

vec3 rgbOf(int index) {
  return texelFetch(uPalette, ivec2(index, 0), 0).rgb;
}

/** -1 for nothing. */
int wantedAt(ivec2 cell) {
  ivec2 at = cell + uOffset;
  if (any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, uTemplateSize))) return -1;
  int index = at.y * uTemplateSize.x + at.x;
  int wanted = int(texelFetch(uTemplate, ivec2(index % uRowLength, index / uRowLength), 0).r) - 1;
  return wanted < 0 || wanted >= uColors || (uFilter >= 0 && wanted != uFilter) ? -1 : wanted;
}

vec3 contrast(vec3 rgb) {
  return vec3(dot(rgb, vec3(0.299, 0.587, 0.114)) > 0.5 ? 0.0 : 1.0);
}
`

const marks = `
vec4 ring(vec2 at, vec3 shown) {
  float far = length(at);
  if (uScale < ${smallCell.toFixed(1)}) {
    if (far >= 1.7) return vec4(0.0);
    return vec4(far < 1.0 ? 1.0 - contrast(shown) : contrast(shown), 1.0);
  }
  float line = max(1.0, uScale * 0.05);
  float fromRing = abs(far - uScale * 0.25);
  float alpha = clamp(0.5 + line * 1.5 - fromRing, 0.0, 1.0);
  return vec4(vec3(1.0 - clamp(0.5 + line * 0.5 - fromRing, 0.0, 1.0)), 1.0) * alpha;
}

vec4 box(vec2 at, float depth, bool isWrong, int wanted, vec3 shown) {
  vec3 rgb = rgbOf(wanted);
  float line = max(1.0, floor(uScale * 0.06 + 0.5));
  if (uScale < ${smallCell.toFixed(1)}) {
    float outline = isWrong ? 0.0 : -1.0;
    if (depth <= outline) return vec4(0.0);
    return vec4(depth <= outline + 1.0 ? contrast(shown) : rgb, 1.0);
  }
  float inside = isWrong ? depth - 2.0 * line : uKind == 2 ? depth - line : depth;
  if (inside <= -2.0 * line) return vec4(0.0);
  if (inside <= -line) return vec4(vec3(isWrong ? 1.0 : 0.0), 1.0);
  if (inside <= 0.0) return vec4(vec3(isWrong ? 0.0 : 1.0), 1.0);
  if (uKind == 2) {
    float side = uScale * (isWrong ? 0.4 : 0.58) / 7.0;
    ivec2 place = ivec2(floor(at / side + 3.5));
    if (place.x >= 0 && place.x < 7 && place.y >= 0 && place.y < 7) {
      int row = int(texelFetch(uSymbols, ivec2(place.y, wanted), 0).r);
      if (((row >> (6 - place.x)) & 1) == 1) return vec4(contrast(rgb), 1.0);
    }
  }
  return vec4(rgb, 1.0);
}

vec4 mark(vec2 at, bool isWrong, int wanted, vec3 shown) {
  float far = max(abs(at.x), abs(at.y));
  if (isWrong) {
    float half_ = max(2.0, uScale * 0.34);
    float notch = half_ * 0.5;
    return box(at, -max(far - half_, min(at.x - notch, -at.y - notch)), true, wanted, shown);
  }
  if (uKind == 0) return ring(at, shown);
  float half_ = uKind == 2 ? uScale * 0.38 : max(1.0, uScale * uDot);
  return box(at, half_ - far, false, wanted, shown);
}
`

/** Stripes whose strength says how much of a block is left, and a line around the block. */
const blocks = `
vec4 tint(vec2 at, ivec2 cell) {
  int left = int(texelFetch(uBlocks, (cell >> 4) + uBlockOffset, 0).r);
  if (left == 0) return vec4(0.0);
  float share = float(left) / 255.0;
  float side = 16.0 * uScale;
  vec2 inBlock = at - floor(at / side) * side;
  if (side >= 12.0 * uRatio && min(inBlock.x, inBlock.y) < 2.0 * uRatio) {
    return vec4(vec3(min(inBlock.x, inBlock.y) < uRatio ? 0.0 : 1.0), 1.0) * 0.7;
  }
  float along = mod(at.x - at.y, 8.0 * uRatio);
  if (along >= 4.0 * uRatio) return vec4(0.0);
  return vec4(vec3(along < 2.0 * uRatio ? 0.0 : 1.0), 1.0) * (0.1 + 0.4 * share);
}
`

const main = `
void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uTileOrigin;
  ivec2 cell = ivec2(floor(at / uScale));
  int wanted = wantedAt(cell);
  bool isFar = uScale < ${minMarkZoom.toFixed(1)} * uRatio;
  vec4 above = isFar ? tint(at, cell) : vec4(0.0);
  vec4 below = vec4(0.0);
  if (wanted >= 0) {
    int index = int(texelFetch(uTile, clamp(cell, ivec2(0), textureSize(uTile, 0) - 1), 0).r);
    if (index != wanted) {
      bool isWrong = index != uBackground;
      if (!isWrong) below = vec4(rgbOf(wanted), 1.0) * uOpacity;
      if (!isFar) above = mark(at - (vec2(cell) + 0.5) * uScale, isWrong, wanted, rgbOf(index));
    }
  }
  color = above + below * (1.0 - above.a);
  if (color.a == 0.0) discard;
}`

export const templateProgram = { vertex: tileVertex, fragment: head + marks + blocks + main }

/** The values of `uKind`. */
export const kindNumber = { ring: 0, dot: 1, symbol: 2 } as const
