/**
 * Draws the part of one template that lies on one tile. The tile's texture is on unit 0, the palette on 1, the template's cells on 2,
 * its blocks on 3, the symbols on 4 and the marks on 5. The colors are multiplied by their opacity. There are several programs, because
 * a computer without a graphics card carries out all branches of a program.
 */
import { tileVertex } from './tile-quads.ts'

const head = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform vec2 uSize;
uniform vec2 uTileOrigin;
uniform float uScale;
uniform usampler2D uTile;
uniform sampler2D uPalette;
uniform usampler2D uTemplate;
/** From a cell of the tile to one of the template. */
uniform ivec2 uOffset;
uniform int uTemplateWidth;
uniform int uColors;
uniform int uBackground;
/** A color, or -1 for all of them. */
uniform int uFilter;
uniform float uOpacity;
out vec4 color;

vec3 rgbOf(int index) {
  return texelFetch(uPalette, ivec2(index, 0), 0).rgb;
}

vec3 contrast(vec3 rgb) {
  return vec3(dot(rgb, vec3(0.299, 0.587, 0.114)) > 0.5 ? 0.0 : 1.0);
}
`

/** Where the cell of the template is in its texture. */
const plainAddress = `
ivec2 address(ivec2 cell) {
  return cell + uOffset;
}
`
/** For a template that is wider or higher than a texture can be. */
const wrappedAddress = `
ivec2 address(ivec2 cell) {
  ivec2 at = cell + uOffset;
  int index = at.y * uTemplateWidth + at.x;
  return ivec2(index & 1023, index >> 10);
}
`

const begin = `
void main() {
  vec2 at = vec2(gl_FragCoord.x, uSize.y - gl_FragCoord.y) - uTileOrigin;
  ivec2 cell = ivec2(floor(at / uScale));
  int wanted = int(texelFetch(uTemplate, address(cell), 0).r) - 1;
  int shown = int(texelFetch(uTile, cell, 0).r);
  bool isNothing = wanted < 0 || wanted >= uColors || (uFilter >= 0 && wanted != uFilter);
  bool isMissing = shown == uBackground && shown != wanted;
  vec4 below = isMissing ? vec4(rgbOf(wanted), 1.0) * uOpacity : vec4(0.0);
`

/** A pixel of a mark: red is the gray of a line, green the opacity, and blue 1 inside of the mark. */
const marksHead = `
uniform sampler2D uMarks;
uniform int uMarkSide;

vec4 markAt(vec2 inCell, bool isWrong) {
  ivec2 pixel = clamp(ivec2(floor(inCell)), ivec2(0), ivec2(uMarkSide - 1));
  return texelFetch(uMarks, pixel + ivec2(isWrong ? uMarkSide : 0, 0), 0);
}
`

const marksMain = (inside: string, line: string) => `${begin}
  if (isNothing || shown == wanted) discard;
  vec2 inCell = at - vec2(cell) * uScale;
  vec4 mark = markAt(inCell, !isMissing);
  vec3 rgb = mark.b > 0.5 ? ${inside} : ${line};
  color = vec4(rgb, 1.0) * mark.g + below * (1.0 - mark.g);
}`

const symbolHead = `
uniform usampler2D uSymbols;

vec3 symbolAt(vec2 inCell, int wanted, bool isWrong) {
  float side = uScale * (isWrong ? 0.4 : 0.58) / 7.0;
  ivec2 place = ivec2(floor((inCell - 0.5 * uScale) / side + 3.5));
  bool isOn = all(greaterThanEqual(place, ivec2(0))) && all(lessThan(place, ivec2(7)));
  int row = int(texelFetch(uSymbols, ivec2(clamp(place.y, 0, 6), wanted), 0).r);
  vec3 rgb = rgbOf(wanted);
  return isOn && ((row >> (6 - clamp(place.x, 0, 6))) & 1) == 1 ? contrast(rgb) : rgb;
}
`

/** Stripes whose strength says how much of a block is left, and a line around the block. */
const far = `
uniform usampler2D uBlocks;
uniform ivec2 uBlockOffset;
uniform float uRatio;

vec4 tint(vec2 at, ivec2 cell) {
  float share = float(texelFetch(uBlocks, (cell >> 4) + uBlockOffset, 0).r) / 255.0;
  if (share == 0.0) return vec4(0.0);
  float side = 16.0 * uScale;
  vec2 inBlock = at - floor(at / side) * side;
  float fromEdge = min(inBlock.x, inBlock.y);
  if (side >= 12.0 * uRatio && fromEdge < 2.0 * uRatio) return vec4(vec3(fromEdge < uRatio ? 0.0 : 1.0), 1.0) * 0.7;
  float along = mod(at.x - at.y, 8.0 * uRatio);
  if (along >= 4.0 * uRatio) return vec4(0.0);
  return vec4(vec3(along < 2.0 * uRatio ? 0.0 : 1.0), 1.0) * (0.1 + 0.4 * share);
}
${begin}
  if (isNothing) discard;
  vec4 above = tint(at, cell);
  color = above + below * (1.0 - above.a);
}`

const bodies = {
  marks: marksHead + marksMain('rgbOf(wanted)', 'vec3(mark.r)'),
  small: marksHead + marksMain('rgbOf(wanted)', 'abs(contrast(rgbOf(shown)) - (1.0 - mark.r))'),
  symbols: marksHead + symbolHead + marksMain('symbolAt(inCell, wanted, !isMissing)', 'vec3(mark.r)'),
  far,
} as const

/** `small`: cells so small that one line replaces two. `far`: tints instead of marks. */
export type TemplateProgramName = keyof typeof bodies

const programsWith = (address: string) => {
  const programOf = (name: TemplateProgramName) => ({ vertex: tileVertex, fragment: head + address + bodies[name] })
  return { marks: programOf('marks'), small: programOf('small'), symbols: programOf('symbols'), far: programOf('far') }
}

export const templatePrograms = { plain: programsWith(plainAddress), wrapped: programsWith(wrappedAddress) }
