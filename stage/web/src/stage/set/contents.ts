/**
 * What the wall of light shows: one GLSL function per content, `vec3 name(vec2 p)`, p from the middle, x -1..1,
 * y -0.5..0.5 (up). One program per content: software GL runs every branch of an `if`, taken or not.
 *
 * Contents keep their brightest parts off the middle third below, where she stands in close shots.
 */
import type { Pattern } from "../venue";

const COMMON = /* glsl */ `
uniform float time, beat, bar, pulse, energy, grown;
uniform vec3 c0, c1, c2, c3;
uniform sampler2D words;
varying vec2 vUv;
float h1(float n) { return fract(sin(n * 127.1) * 43758.5453); }
float h2(vec2 p) { return fract(sin(dot(p, vec2(127.1, 311.7))) * 43758.5453); }
vec3 duo(float k) { return mix(c0, c1, clamp(k, 0.0, 1.0)); }
uniform float rainbow;
// All hues of the wall are gold, rose and sky, there and back: a large picture in every hue is a test card, green and brown.
vec3 hued(vec3 tone, float place) {
  float s = 0.5 - 0.5 * cos(6.2832 * place), k = 1.0 - s;
  return mix(tone, vec3(1.2, 0.84, 0.52) * k * k + vec3(1.24, 0.16, 0.86) * 2.0 * s * k + vec3(0.44, 0.82, 1.12) * s * s, rainbow);
}
float star4(vec2 d, float size) {
  d = abs(d) / size;
  return clamp(0.012 / (d.x * d.y + 0.012), 0.0, 1.0) * clamp(1.0 - max(d.x, d.y), 0.0, 1.0);
}
`;

const CONTENTS: Record<Pattern, string> = {
  // Bold rays in two colours with the dark between them, a ring of white light and one that leaves with every beat.
  burst: /* glsl */ `
vec3 burst(vec2 p) {
  vec2 q = p - vec2(0.0, 0.02);
  float r = length(q), a = atan(q.y, q.x) / 6.2832;
  float soft = min(0.3, 0.02 + 0.012 / max(r, 0.04)), turn = a * 12.0 + time * 0.03;
  float ray = smoothstep(0.5 - soft, 0.5 + soft, abs(fract(turn) - 0.5) * 2.0);
  float odd = mod(floor(turn + 0.5), 2.0), fall = exp(-0.9 * r);
  vec3 tone = hued(mix(c0, c1, odd), a * 2.0 + time * 0.06);
  vec3 col = c2 * (0.5 + 0.5 * fall) + tone * ray * (0.30 + 0.66 * fall) * (0.86 + 0.14 * pulse);
  float fine = smoothstep(0.86, 0.98, abs(fract(a * 48.0 - time * 0.05) - 0.5) * 2.0);
  col += c3 * fine * ray * 0.16;
  float f = fract(beat), ring = abs(r - 0.26 - f * 0.9);
  col += mix(c1, c3, 0.5) * smoothstep(0.05, 0.0, ring) * (1.0 - f) * (1.0 - f) * 0.6;
  // The disc is calm: spokes that run into its middle would be a wheel.
  float disc = smoothstep(0.205, 0.195, r);
  col = mix(col, mix(c0, mix(c1, c3, 0.4), 0.5 + 2.4 * q.y) * (0.42 + 0.3 * exp(-30.0 * r * r)), disc * 0.9);
  float rim = (r - 0.2) * (r - 0.2);
  col += mix(c0, c3, 0.8) * exp(-2600.0 * rim) * (0.86 + 0.14 * pulse) + mix(c0, c3, 0.35) * exp(-240.0 * rim) * 0.36;
  return col * (0.97 / max(0.97, max(col.r, max(col.g, col.b))));
}`,
  // Columns of light with a bright cap, mirrored in a floor line, over a horizon glow.
  bars: /* glsl */ `
vec3 bars(vec2 p) {
  float n = 44.0, i = floor(vUv.x * n), x = abs(i - n * 0.5 + 0.5) / (n * 0.5);
  float up = p.y + 0.12, high = abs(up);
  float wave = 0.5 + 0.5 * sin(i * 1.7 + time * 2.6) * sin(i * 0.63 - time * 1.7);
  float tall = (0.06 + 0.40 * wave * (0.55 + 0.45 * energy)) * (1.1 - 0.55 * x * x) + 0.05 * pulse * (1.0 - x);
  tall *= up > 0.0 ? 1.0 : 0.5;
  vec2 cell = vec2(fract(vUv.x * n), fract(high * 34.0));
  float lamp = smoothstep(0.12, 0.2, cell.x) * smoothstep(0.88, 0.8, cell.x) * smoothstep(0.14, 0.28, cell.y);
  float on = step(floor(high * 34.0) / 34.0, tall), cap = on * step(tall - 0.031, floor(high * 34.0) / 34.0);
  vec3 tone = mix(duo(x * 1.2), duo(1.0 - x), smoothstep(0.0, 0.4, high));
  vec3 col = mix(c2 * 0.85, duo(x) * 0.30, exp(-5.0 * high));
  float dim = up > 0.0 ? 1.0 : 0.34;
  col += lamp * (tone * on * (0.42 + 0.5 * high) + c3 * cap * 0.45 + c2 * 0.22) * dim;
  return col + mix(c0, c3, 0.4) * smoothstep(0.012, 0.0, high) * 0.7;
}`,
  // The song's title in three rows that run against each other, the middle one hot, over diagonal stripes.
  type: /* glsl */ `
vec3 type(vec2 p) {
  float row = floor(vUv.y * 3.0), way = mod(row, 2.0) * 2.0 - 1.0;
  vec2 at = vec2(vUv.x * 0.8 + way * time * 0.028 + row * 0.31, fract(vUv.y * 3.0));
  float ink = texture2D(words, at).r, shade = texture2D(words, at + vec2(-0.006, 0.03)).r;
  float hot = step(0.5, row) * step(row, 1.5);
  float stripe = smoothstep(0.44, 0.5, abs(fract((p.x + p.y * 1.4) * 6.0 - time * 0.06) - 0.5) * 1.0 + 0.06);
  vec3 col = mix(c2 * 0.95, duo(vUv.x + 0.35 * p.y) * 0.6, 0.36 + 0.28 * stripe);
  col *= 1.0 - 0.4 * shade * (1.0 - ink);
  vec3 tone = mix(duo(0.5 + 0.5 * way) * 0.85, mix(c3, duo(vUv.x), 0.12), hot);
  col = mix(col, tone, ink * (0.62 + hot * (0.22 + 0.1 * pulse)));
  float edge = abs(fract(vUv.y * 3.0 + 0.5) - 0.5);
  return col + duo(1.0 - vUv.x) * smoothstep(0.02, 0.0, edge) * 0.5;
}`,
  // Discs of light out of focus, in three sizes, that rise slowly over an evening sky.
  bokeh: /* glsl */ `
vec3 bokeh(vec2 p) {
  vec3 col = mix(c2 * 1.25, mix(c0, c1, 0.72 + 0.24 * sin(p.x * 2.0 + time * 0.1)) * 0.55, pow(1.0 - vUv.y, 1.5)) + c1 * 0.18 * exp(-9.0 * abs(p.y + 0.2 - 0.05 * sin(p.x * 4.0 + time * 0.2)));
  for (int k = 0; k < 10; k++) {
    float f = float(k);
    vec2 at = vec2(2.1 * fract(0.618 * f + 0.13) - 1.05 + 0.10 * sin(time * 0.25 + f), mod(h1(f + 9.0) * 1.2 + time * (0.008 + 0.014 * h1(f + 3.0)), 1.2) - 0.6);
    float size = 0.035 + 0.13 * h1(f + 5.0) * h1(f + 5.0), d = length(p - at), blink = 0.7 + 0.3 * sin(time * (0.6 + h1(f)) + 6.0 * h1(f + 2.0));
    float disc = smoothstep(size, size * 0.9, d);
    float rim = disc * smoothstep(size * 0.72, size * 0.97, d);
    col += mix(duo(h1(f + 7.0) * 1.3), c3, 0.3 * h1(f + 4.0)) * (disc * 0.30 + rim * 0.30) * blink;
  }
  return col + c3 * 0.04 * pulse * (1.0 - vUv.y);
}`,
  // Neon frames that come out of the depth, with light on their corners.
  tunnel: /* glsl */ `
vec3 tunnel(vec2 p) {
  vec2 q = p * mat2(0.995, 0.0998, -0.0998, 0.995);
  vec2 d = abs(q) * vec2(1.0, 1.75);
  float m = max(d.x, d.y), k = log(m + 0.015) * 2.0 - time * 0.34, f = fract(k), n = floor(k);
  float line = smoothstep(0.10, 0.0, abs(f - 0.5)), soft = exp(-9.0 * abs(f - 0.5));
  float corner = smoothstep(0.5, 0.0, abs(d.x - d.y) / m);
  vec3 tone = mod(n, 2.0) < 0.5 ? c0 : c1;
  vec3 col = mix(c2 * 0.85, duo(m) * 0.35, 0.3 * m);
  col += tone * soft * 0.42 * smoothstep(0.0, 0.4, m);
  col += mix(tone, c3, 0.35 + 0.4 * corner) * line * smoothstep(0.03, 0.5, m) * (0.66 + 0.2 * pulse);
  float spoke = smoothstep(0.05, 0.0, abs(d.x - d.y) / (m + 0.02)) * smoothstep(0.1, 0.5, m);
  return col + duo(1.0 - m) * spoke * 0.24 + mix(c0, c3, 0.6) * exp(-m * 9.0) * 0.55;
}`,
  // Motif of light: a sun that rises behind two ridges over water, rays fanned out, the last stars above.
  dawn: /* glsl */ `
vec3 dawn(vec2 p) {
  float sea = p.y + 0.17, sky = smoothstep(-0.1, 0.6, sea);
  vec2 s = p - vec2(0.0, 0.0 + 0.02 * sin(time * 0.12));
  float r = length(s), a = atan(s.y, s.x);
  vec3 col = mix(mix(c1, c3, 0.25), mix(c0, c2, smoothstep(0.35, 1.1, sky)), smoothstep(0.0, 0.5, sky));
  float fan = 0.5 + 0.5 * sin(a * 22.0 + time * 0.25);
  col += mix(c1, c3, 0.5) * fan * fan * fan * 0.42 * exp(-1.6 * r) * (0.8 + 0.2 * pulse);
  vec2 grid = floor(p * 26.0), off = fract(p * 26.0) - 0.5 - 0.6 * (vec2(h2(grid), h2(grid + 7.0)) - 0.5);
  float shine = step(0.86, h2(grid + 3.0)) * (0.5 + 0.5 * sin(time * 1.3 + 40.0 * h2(grid)));
  col += c3 * shine * smoothstep(0.16, 0.0, length(off)) * smoothstep(0.35, 0.7, sky) * 0.9;
  float sun = smoothstep(0.262, 0.252, r), cut = smoothstep(0.30, 0.42, abs(fract((s.y - time * 0.012) * 17.0) - 0.5) + smoothstep(-0.05, 0.17, s.y) * 0.3);
  col = mix(col, mix(mix(c1, c3, 0.35), c3, smoothstep(-0.1, 0.16, s.y)), sun * cut * 0.92);
  col += mix(c1, c3, 0.5) * 0.5 * exp(-6.0 * max(0.0, r - 0.25)) * (1.0 - sun);
  float far = 0.085 * abs(sin(p.x * 3.1 + 0.6)) + 0.04 * sin(p.x * 9.0 + 1.0) + 0.012 * sin(p.x * 31.0);
  float near = 0.055 * abs(sin(p.x * 4.3 + 2.0)) + 0.03 * sin(p.x * 13.0) + 0.008 * sin(p.x * 47.0);
  col = mix(col, mix(c2 * 0.9, c0 * 0.42, 0.42), smoothstep(0.006, 0.0, sea - far - 0.03) * step(0.0, sea));
  col = mix(col, c2 * 0.62, smoothstep(0.006, 0.0, sea - near - 0.005) * step(0.0, sea));
  float deep = max(-sea, 0.0), ripple = 0.5 + 0.5 * sin(deep * 130.0 / (0.4 + 2.2 * deep) + 4.0 * sin(p.x * 7.0 + time * 0.7));
  float path = exp(-pow(p.x / (0.16 + 0.5 * deep), 2.0));
  vec3 water = mix(c0 * 0.42 + c2 * 0.4, mix(c0, c1, 0.6) * 0.75, exp(-5.0 * deep)) * (0.7 + 0.3 * ripple) + mix(c1, c3, 0.5) * path * (0.3 + 0.6 * ripple) * exp(-1.2 * deep);
  return sea < 0.0 ? water : col;
}`,
  // 霓裳: a robe of light laid open: bands of silk that swing down from both sides, each with folds and a lit edge.
  silk: /* glsl */ `
vec3 silk(vec2 p) {
  float x = sqrt(p.x * p.x + 0.004);
  vec3 col = mix(c2 * 0.8, hued(duo(vUv.x), 0.35 * x - 0.04 * time + 0.4 * p.y) * 0.62, 0.45 + 0.25 * p.y);
  for (int k = 0; k < 6; k++) {
    float f = float(k), t = time * (0.20 + 0.03 * f);
    float mid = 0.36 - 0.17 * f + (0.5 - 0.1 * f) * x * x + 0.09 * sin(x * (3.0 + 0.5 * f) - t + f * 1.9) + 0.03 * sin(x * 6.1 - t * 1.4 + f);
    float wide = 0.125 + 0.05 * sin(x * 2.6 - t * 0.8 + f * 2.3), d = (p.y - mid) / wide;
    float body = smoothstep(1.0, 0.92, abs(d));
    float fold = 0.5 + 0.5 * sin(d * 4.4 + x * 9.0 - t * 2.0 + f);
    vec3 tone = mix(hued(duo(0.5 + 0.5 * sin(f * 1.7 + x * 1.2)), 0.13 * f + 0.28 * x - 0.04 * time), c3, 0.16);
    vec3 cloth = tone * (0.30 + 0.64 * fold * fold) + c3 * 0.42 * fold * fold * fold * fold;
    float edge = smoothstep(0.15, 0.0, abs(abs(d) - 0.92));
    col = mix(col, cloth, body * 0.78) + mix(tone, c3, 0.6) * edge * (0.56 + 0.14 * pulse);
  }
  float heart = dot(p - vec2(0.0, -0.08), p - vec2(0.0, -0.08));
  return 1.14 * col + mix(c0, c3, 0.6) * exp(-16.0 * heart) * (0.30 + 0.12 * pulse);
}`,
  // 羽衣: two wings, three layers of feathers each; they open and close as one breathes, and shine with the beat.
  wings: /* glsl */ `
vec3 wings(vec2 p) {
  vec2 q = vec2(max(0.0, abs(p.x) - 0.035), p.y + 0.24);
  float r = length(q), a = atan(q.y, q.x), breath = 0.05 * sin(time * 0.9);
  float mid = dot(p - vec2(0.0, -0.1), p - vec2(0.0, -0.1));
  vec3 col = c2 * 0.5 + mix(c0, c1, 0.5 + 0.5 * sin(a * 3.0)) * 0.24 * exp(-4.0 * mid);
  float ray = 0.5 + 0.5 * sin(atan(p.y + 0.1, p.x) * 22.0 + time * 0.2);
  col += duo(1.0 - r) * (0.14 + 0.3 * ray * ray) * exp(-0.8 * r);
  for (int k = 0; k < 3; k++) {
    float f = float(k), n = 11.0 - 2.0 * f;
    // From just under the horizon to not quite upright; the feathers half way up are the longest, and all bend down.
    float s = (a + 0.16 - breath * (1.0 + 0.4 * f) - 0.30 * r * r) / 1.22 * n + 0.5 * f, i = floor(s), x = fract(s) - 0.5, up = clamp(i / n, 0.0, 1.0);
    float long_ = (1.14 - 0.33 * f) * (0.46 + 0.54 * sin(0.5 + 2.0 * up)) * step(0.0, s) * step(s, n);
    float t = r / max(long_, 0.01), tip = t * t * t, wide = 0.5 * sqrt(max(0.0, 1.0 - tip * t)) * smoothstep(0.05, 0.4, t);
    float d = abs(x + 0.05 * sin(t * 3.0)) / max(wide, 0.01), body = smoothstep(1.0, 0.92, d) * step(t, 1.0) * smoothstep(0.06, 0.13, r);
    vec3 tone = hued(mix(c0, c1, clamp(up * 1.2 - 0.15 + 0.2 * f, 0.0, 1.0)), 0.5 * up + 0.16 * f + 0.05 * time);
    float barb = 0.5 + 0.5 * sin(t * 34.0 - d * 6.0), shine = 0.5 + 0.5 * sin(6.2832 * (t - 0.25 * beat) + f);
    vec3 plume = tone * (0.26 + 0.26 * rainbow + 0.66 * t * t + 0.13 * barb * t) * (0.84 + 0.1 * f) * (1.0 - 0.4 * d * d) + c3 * (0.22 * tip + 0.34 * smoothstep(0.12, 0.0, d) * (1.0 - t) + 0.16 * shine * shine * shine * t);
    col = mix(col, plume, body) + mix(tone, c3, 0.6) * smoothstep(0.8, 0.95, d) * body * (0.5 + 0.16 * pulse) * smoothstep(0.2, 0.8, t);
  }
  return col + mix(c0, c3, 0.7) * exp(-26.0 * mid) * (0.42 + 0.16 * pulse);
}`,
  // Rain in the light of a city: streaks in three depths, rings where they fall, lamps far off.
  rain: /* glsl */ `
vec3 rain(vec2 p) {
  vec3 col = mix(mix(c1, c0, 0.5 + 0.5 * sin(p.x * 5.0)) * 0.62, c2 * 0.7, smoothstep(-0.34, 0.34, p.y));
  for (int k = 0; k < 6; k++) {
    float f = float(k), size = 0.035 + 0.05 * h1(f + 4.0);
    float d = length(p - vec2(h1(f + 2.0) * 2.0 - 1.0, -0.10 + 0.34 * h1(f + 7.0)));
    col += mix(duo(h1(f + 11.0) * 1.4), c3, 0.2) * (smoothstep(size, size * 0.86, d) * 0.42 + 0.06 * max(0.0, 1.0 - 4.0 * d));
  }
  for (int k = 0; k < 3; k++) {
    float f = float(k), x = (p.x + p.y * 0.10) * (16.0 + 10.0 * f), i = floor(x), roll = h1(i + 31.0 * f);
    float y = fract(p.y * (0.9 - 0.15 * f) + time * (0.75 + 0.35 * roll - 0.15 * f) + roll * 7.0);
    float streak = smoothstep(0.62, 0.0, y) * smoothstep(0.0, 0.02, y) * smoothstep(0.16, 0.03, abs(fract(x) - 0.2 - 0.6 * h1(i + 9.0)));
    col += mix(duo(roll * 1.3), c3, 0.55) * streak * (0.95 - 0.24 * f) * step(0.62 - 0.12 * grown, roll);
  }
  // A town before it, whose windows wake one after the other.
  float block = floor(p.x * 9.0 + 40.0), roof = -0.16 + 0.26 * h1(block) * (0.55 + 0.45 * abs(p.x));
  vec2 pane = vec2(fract(p.x * 9.0 + 40.0) * 4.0, (p.y + 0.36) * 34.0), which = floor(pane) + vec2(block * 4.0, 0.0), edge = abs(fract(pane) - 0.5);
  float window = step(edge.x, 0.32) * step(edge.y, 0.30) * step(h2(which), 0.16 + 0.14 * grown);
  vec3 house = c2 * 0.42 + duo(0.5 + 0.5 * p.x) * 0.05 + mix(duo(h2(which + 5.0) * 1.2), c3, 0.35) * window * (0.5 + 0.5 * h2(which + 9.0));
  col = mix(col, house, smoothstep(0.004, -0.004, p.y - roof) * 0.92) + mix(c0, c1, 0.5 + 0.5 * sin(block)) * smoothstep(0.010, 0.0, abs(p.y - roof)) * 0.4;
  float sea = smoothstep(-0.28, -0.36, p.y);
  col = mix(col, c2 * 0.5 + mix(c1, c0, 0.5 + 0.5 * sin(p.x * 5.0)) * (0.26 + 0.34 * pow(0.5 + 0.5 * sin(p.y * 150.0 + 3.0 * sin(p.x * 9.0 + time)), 2.0)), sea);
  for (int k = 0; k < 5; k++) {
    float f = float(k), t = fract(time * 0.55 + h1(f)), turn = floor(time * 0.55 + h1(f));
    vec2 d = (p - vec2(h1(f + 3.0 * turn) * 2.0 - 1.0, -0.48 + 0.16 * h1(f + 5.0 * turn))) * vec2(1.0, 3.2);
    col += mix(duo(h1(f)), c3, 0.5) * smoothstep(0.02, 0.0, abs(length(d) - 0.13 * t)) * (1.0 - t) * 0.8;
  }
  return col + duo(0.5 + p.x) * smoothstep(0.012, 0.0, abs(p.y + 0.31)) * 0.25;
}`,
  // A great moon over clouds that drift before it, and its way over the water.
  moon: /* glsl */ `
vec3 moon(vec2 p) {
  vec2 q = p - vec2(0.0, -0.06 + 0.17 * smoothstep(0.0, 4.0, grown));
  float r = length(q), disc = smoothstep(0.302, 0.292, r);
  vec3 col = mix(mix(c0, c1, 0.35 + 0.3 * sin(p.x * 2.0)) * 0.66, c2 * 0.62, smoothstep(-0.3, 0.42, p.y));
  vec2 grid = floor(p * 22.0), off = fract(p * 22.0) - 0.5 - 0.6 * (vec2(h2(grid), h2(grid + 7.0)) - 0.5);
  col += c3 * step(0.82, h2(grid + 3.0)) * (0.5 + 0.5 * sin(time * 1.3 + 40.0 * h2(grid))) * smoothstep(0.14, 0.0, length(off)) * 0.9;
  float sea = 0.5 + 0.25 * sin(q.x * 13.0 + 2.0 * sin(q.y * 11.0)) + 0.25 * sin(q.y * 17.0 + 1.6 * sin(q.x * 9.0 + 1.0));
  vec3 face = mix(mix(c1, c3, 0.5) * 0.74, c3, smoothstep(0.25, 0.75, sea) * 0.6 + 0.4 * (0.5 + q.y * 1.6));
  col = mix(col, face * (0.9 + 0.06 * pulse), disc);
  col += mix(c0, c3, 0.45) * (0.55 * exp(-9.0 * max(0.0, r - 0.295)) + 0.5 * smoothstep(0.012, 0.0, abs(r - 0.298))) * (1.0 - disc);
  for (int k = 0; k < 3; k++) {
    float f = float(k), x = p.x + time * (0.012 + 0.010 * f) + 3.0 * f;
    float top = -0.04 - 0.085 * f + 0.05 * sin(x * (3.1 + f)) + 0.025 * abs(sin(x * 7.0 + f)) + 0.014 * abs(sin(x * 15.0));
    float d = p.y - top, lit = exp(-5.5 * abs(p.x));
    vec3 cloud = mix(c2 * 0.75, mix(c1, c0, 0.5 + 0.5 * sin(x)) * 0.8, exp(5.0 * min(d, 0.0)) * (0.45 + 0.5 * lit));
    col = mix(col, cloud, smoothstep(0.008, -0.008, d) * (0.82 - 0.1 * f)) + mix(c0, c3, 0.6) * smoothstep(0.014, 0.0, abs(d)) * (0.16 + 0.5 * lit);
  }
  float deep = max(0.0, -0.30 - p.y), ripple = 0.5 + 0.5 * sin(deep * 120.0 / (0.4 + 2.0 * deep) + 3.0 * sin(p.x * 7.0 + time * 0.7));
  vec3 water = c2 * 0.5 + mix(c0, c1, 0.5 + 0.5 * sin(p.x * 4.0)) * 0.4 * ripple + mix(c0, c3, 0.5) * exp(-pow(p.x / (0.18 + 0.6 * deep), 2.0)) * (0.2 + 0.6 * ripple);
  col = mix(col, water, smoothstep(0.0, 0.006, deep));
  // Lanterns that people let go: a few at first, then the sky is full of them.
  for (int k = 0; k < 10; k++) {
    float f = float(k), own = h1(f + 2.0), up = fract(0.618 * f + time * (0.020 + 0.022 * own));
    vec2 d = (p - vec2(fract(0.381 * f + 0.07) * 2.1 - 1.05 + 0.03 * sin(time * 0.6 + f), up * 1.15 - 0.58)) / (0.026 + 0.034 * own);
    float here = smoothstep(0.26 * f - 0.9, 0.26 * f - 0.3, grown), body = smoothstep(1.1, 0.8, length(d * vec2(1.0, 0.72)));
    vec3 flame = mix(mix(c1, vec3(1.0, 0.62, 0.30), 0.62), c3, 0.55 * smoothstep(0.9, 0.0, length(d + vec2(0.0, 0.5))));
    col = mix(col, flame, body * here) + flame * here * 0.20 / (1.0 + 1.3 * dot(d, d)) * (1.0 - body);
  }
  return col;
}`,
  // A sky of turning stars: three depths of points, four-pointed sparks, one that falls.
  stars: /* glsl */ `
vec3 stars(vec2 p) {
  vec3 col = mix(mix(c2 * 1.2, c0 * 0.5, 0.45), c2 * 0.95, vUv.y);
  float band = exp(-7.0 * pow(p.y - 0.32 * p.x - 0.06 + 0.05 * sin(p.x * 5.0), 2.0) * 3.0);
  col += duo(0.5 + 0.6 * p.x) * band * 0.40;
  for (int k = 0; k < 3; k++) {
    float f = float(k), size = 13.0 + 8.0 * f;
    vec2 q = p * size + vec2(time * (0.10 + 0.06 * f), f * 5.3), g = floor(q);
    vec2 d = fract(q) - 0.5 - 0.7 * (vec2(h2(g + f), h2(g + f + 9.0)) - 0.5);
    float twinkle = 0.55 + 0.45 * sin(time * (0.8 + 1.6 * h2(g)) + 6.3 * h2(g + 2.0));
    col += mix(duo(h2(g + 4.0) * 1.4), c3, 0.6) * step(0.55, h2(g + 6.0)) * smoothstep(0.14, 0.0, length(d)) * twinkle * (1.1 - 0.2 * f);
  }
  for (int k = 0; k < 9; k++) {
    float f = float(k);
    vec2 at = vec2(h1(f + 1.0) * 1.9 - 0.95, h1(f + 20.0) * 0.86 - 0.36);
    col += mix(c3, duo(h1(f)), 0.25) * (star4(p - at, 0.09 + 0.12 * h1(f + 4.0)) + 0.8 * smoothstep(0.030, 0.012, length(p - at))) * (0.5 + 0.4 * sin(time * (0.5 + h1(f)) + f * 2.0) + 0.15 * pulse);
  }
  float fly = fract(time * 0.16);
  vec2 head = vec2(1.1 - 2.0 * fly, 0.5 - 0.55 * fly), d = p - head;
  float along = dot(d, normalize(vec2(2.0, 0.55))), aside = abs(dot(d, normalize(vec2(-0.55, 2.0))));
  return col + c3 * smoothstep(0.008, 0.0, aside) * step(0.0, along) * exp(-6.0 * along) * 0.9 * sin(3.1416 * fly);
}`,
  // Dots of print that swell in waves from the middle; two inks.
  halftone: /* glsl */ `
vec3 halftone(vec2 p) {
  vec2 q = p * mat2(0.866, 0.5, -0.5, 0.866) * 15.0, g = floor(q), d = fract(q) - 0.5;
  vec2 home = (g + 0.5) * mat2(0.866, -0.5, 0.5, 0.866) / 15.0;
  float r = length(home * vec2(1.0, 1.5)), wave = 0.5 + 0.5 * sin(r * 9.0 - time * 2.0);
  float size = 0.14 + 0.30 * wave * (0.65 + 0.35 * energy) + 0.03 * pulse;
  float dot_ = smoothstep(0.05, -0.02, length(d) - size);
  vec3 tone = mix(duo(0.5 + 0.7 * home.x), duo(0.5 - 0.7 * home.x), wave);
  vec3 col = mix(c2 * 0.8, duo(0.5 - 0.5 * p.x) * 0.26, 0.5 + 0.5 * p.y);
  return mix(col, tone * (0.50 + 0.40 * wave), dot_) + c3 * 0.20 * dot_ * pow(wave, 8.0);
}`,
};

/** The whole fragment program of one content. */
export function contentShader(name: Pattern): string {
  return `${COMMON}${CONTENTS[name]}
void main() {
  vec2 p = (vUv - 0.5) * vec2(2.0, 1.0);
  vec3 col = ${name}(p);
  // Lamps that are off are black, those that are on are bright.
  gl_FragColor = vec4(col * (0.52 + 0.62 * min(col, 1.0)), 1.0);
}`;
}
