/** How confetti, sparks and petals move: closed forms of their age in the vertex shader; metres, seconds. */

/** Alpha, of 255, of what flies behind her: nothing that one could see, and rare at the edges of letters. */
export const BEHIND_HER = 250;

const HEAD = /* glsl */ `
attribute vec4 chance, fate;
uniform float age, sparkAge, time, amount, lit, lens, fine, told;
uniform vec3 c0, c1, c3, face;
varying vec3 vTone;
varying vec2 vAt;
varying float vAlpha;
// What is farther off than she says so by its alpha where it is asked: she is laid over it later.
float alphaOf(vec3 middle) { return told > 0.5 && middle.z < (viewMatrix * vec4(face, 1.0)).z ? ${(BEHIND_HER / 255).toFixed(6)} : 1.0; }
// Never larger than this share of the picture's height, however near the lens; nor thinner than a pixel or so.
// 0 where a piece would stand before her, from face to feet: it would look glued to her.
float clear(vec3 middle) {
  vec3 at = (viewMatrix * vec4(face, 1.0)).xyz;
  vec2 off = (middle.xy / -middle.z - at.xy / -at.z) * -at.z;
  off.y -= clamp(off.y, -1.25, 0.0);
  return max(smoothstep(0.26, 0.5, length(off)), step(-at.z, -middle.z));
}
float sized(float size, float far, float most) { return clamp(size, far * lens * 0.0022, far * lens * most); }
`;

/** Two unit vectors that span a tumbling leaf; turn: radians. */
const TUMBLE = /* glsl */ `
void leaf(vec2 turn, out vec3 u, out vec3 v) {
  vec2 c = cos(turn), s = sin(turn);
  u = vec3(c.y, 0.0, -s.y);
  v = vec3(s.y * s.x, c.x, c.y * s.x);
}
`;

/**
 * Paper from two cannons at the sides of the deck and from the truss: thrown with drag, then it flutters down and lies.
 * chance: x source, y delay, z w direction; fate: x speed of falling, y z of turning, w colour.
 */
export const CONFETTI = {
  vertexShader: /* glsl */ `${HEAD}${TUMBLE}
void main() {
  vAt = position.xy;
  float side = chance.x < 0.5 ? -1.0 : 1.0;
  bool dropped = chance.x > 0.2 && chance.x < 0.8;
  // Half of what drops does so around her, or near shots would be empty.
  vec2 room = chance.x > 0.5 ? vec2(9.6, 6.4) : vec2(3.2, 4.4);
  float t = max(age - (dropped ? 4.2 * chance.y - 0.6 : 0.3 * chance.y * chance.y), 0.0);
  float drag = 1.7 + 0.7 * fate.y;
  float thrown = (1.0 - exp(-drag * t)) / drag;
  vec3 from = dropped ? vec3((chance.z - 0.5) * room.x, 5.2, (chance.w - 0.4) * room.y) : vec3(side * 4.9, 0.0, 2.4);
  vec3 speed = dropped ? vec3(0.0) : vec3(-side * (0.5 + 14.0 * chance.z), 3.5 + 9.5 * fate.z, (chance.w - 0.6) * 9.0);
  float sink = 0.6 + 0.75 * fate.x;
  vec3 at = from + speed * thrown - vec3(0.0, sink * (t - thrown), 0.0);
  float sway = min(t, 1.2) * 0.22;
  at.xz += sway * vec2(sin(t * (1.6 + fate.z) + 6.28 * fate.w), cos(t * (1.3 + fate.y) + 9.0 * chance.y));
  float ground = abs(at.x) < 7.4 && at.z < 2.6 ? 0.012 : -1.3;
  bool lies = at.y < ground;
  at.y = max(at.y, ground);
  vec3 u, v;
  leaf(lies ? vec2(1.5708, 6.28 * fate.w) : vec2(t * (5.0 + 6.0 * fate.y), t * (1.5 + 3.0 * fate.z)) + 6.28 * chance.zw, u, v);
  vec3 normal = cross(u, v);
  vec4 middle = viewMatrix * vec4(at, 1.0);
  float far = -middle.z;
  vAlpha = alphaOf(middle.xyz);
  float size = sized(0.018 + 0.04 * fate.y * fate.y + 0.012 * chance.z, far, 0.03) * step(0.001, t) * smoothstep(0.5, 1.3, far) * clear(middle.xyz) * smoothstep(11.0, 9.4, age);
  vec3 corner = at + (u * position.x + v * position.y * mix(0.35, 0.9, fract(chance.w * 5.1))) * size;
  gl_Position = projectionMatrix * viewMatrix * vec4(corner, 1.0);
  float facing = abs(normal.y * 0.75 + normal.z * 0.6);
  float pick = fract(fate.w * 5.7);
  vec3 paper = pick < 0.3 ? c0 : pick < 0.55 ? c1 : pick < 0.74 ? vec3(1.0, 0.8, 0.36) : mix(c3, vec3(1.0), 0.4);
  // Foil: dull from most sides, a glint from one.
  vTone = (paper * (0.46 + 0.6 * facing) + vec3(0.75) * pow(facing, 18.0)) * lit;
}`,
  fragmentShader: "varying vec3 vTone; varying float vAlpha; void main() { gl_FragColor = vec4(vTone, vAlpha); }",
};

/**
 * Six cold fountains before the steps; the first six copies are the white of their jets, the next six their light on the
 * deck. A streak is the way of one spark in a thirtieth of a second. chance: x phase, y speed, z w spread; fate: x fountain.
 */
export const SPARKS = {
  vertexShader: /* glsl */ `${HEAD}
varying float vGlow;
const float BURN = 2.1;
vec3 way(vec3 speed, float t) { return speed * t - vec3(0.0, 4.5 * t * t, 0.0); }
void main() {
  vAt = position.xy;
  float which = gl_InstanceID < 12 ? mod(float(gl_InstanceID), 6.0) : floor(fate.x * 6.0);
  vec3 foot = vec3((which < 3.0 ? -1.0 : 1.0) * (2.3 + 1.55 * mod(which, 3.0)), 0.06, -2.6 + 0.35 * mod(which, 3.0));
  // The outer ones start a little later, so the row opens from her to the sides.
  float burning = sparkAge - 0.07 * mod(which, 3.0);
  float alive = smoothstep(0.0, 0.08, burning) * smoothstep(BURN + 0.25, BURN - 0.1, burning);
  vGlow = gl_InstanceID < 6 ? 2.0 : gl_InstanceID < 12 ? 1.0 : 0.0;
  float flicker = 0.85 + 0.15 * sin(sparkAge * 31.0 + 2.1 * which);
  if (gl_InstanceID < 6) {
    // The jet itself where no spark is told from the next: white, slim, gone within a metre and a half.
    vec4 view = viewMatrix * vec4(foot, 1.0);
    float up = 0.5 + 0.5 * position.y;
    view.xy += vec2(position.x * 0.24, up * (1.55 + 0.1 * sin(sparkAge * 23.0 + which)));
    gl_Position = projectionMatrix * view;
    vTone = vec3(1.0, 0.9, 0.7) * 1.1 * alive * flicker * lit;
    return;
  }
  if (gl_InstanceID < 12) {
    gl_Position = projectionMatrix * viewMatrix * vec4(foot.x + 1.05 * position.x, 0.02, foot.z - 0.9 * position.y, 1.0);
    vTone = vec3(1.0, 0.88, 0.68) * 0.55 * alive * flicker * lit;
    return;
  }
  float life = 0.75 + 0.55 * chance.y;
  float since = burning - chance.x * life;
  float turn = floor(since / life);
  float t = since - turn * life;
  bool burns = since > 0.0 && (turn + chance.x) * life < BURN;
  vec2 spread = fract(chance.zw + turn * vec2(0.37, 0.61)) - 0.5;
  // Most go straight up, few far to the side: a jet, no bush.
  spread *= 0.35 + 1.3 * dot(spread, spread);
  vec3 speed = vec3(spread.x * 2.6, 4.4 + 3.2 * fract(chance.y + 0.31 * turn), spread.y * 2.1);
  vec4 head = viewMatrix * vec4(foot + way(speed, t), 1.0);
  vec4 tail = viewMatrix * vec4(foot + way(speed, max(t - 0.028, 0.0)), 1.0);
  vec2 along = head.xy - tail.xy + vec2(0.0, 1e-4);
  vec2 across = normalize(vec2(along.y, -along.x));
  float far = -head.z;
  // Round where it is slow at the top, drawn long where it is fast.
  float wide = max(fine, far * lens * 0.0042);
  along += normalize(along) * wide;
  head.xy += normalize(along) * wide;
  tail.xy -= normalize(along) * wide * 0.6;
  vec4 view = mix(tail, head, position.y * 0.5 + 0.5);
  view.xy += across * position.x * wide;
  gl_Position = burns ? projectionMatrix * view : vec4(2.0, 2.0, 2.0, 1.0);
  float old = t / life;
  vec3 hot = mix(vec3(1.0, 0.95, 0.82), vec3(1.0, 0.72, 0.34), smoothstep(0.1, 0.9, old));
  vTone = hot * (1.0 - old * old) * lit;
}`,
  fragmentShader: /* glsl */ `
varying vec3 vTone; varying vec2 vAt; varying float vGlow;
void main() {
  float disc = max(0.0, 1.0 - dot(vAt, vAt));
  float along = 0.5 + 0.5 * vAt.y;
  float across = 1.0 - abs(vAt.x), streak = (across * across * 0.5 + 0.8 * smoothstep(0.55, 1.0, across)) * along * along * smoothstep(1.0, 0.7, along);
  // A jet is hottest in its axis and at its nozzle; its light on the deck is a pool.
  float jet = max(0.0, 1.0 - abs(vAt.x) / (0.18 + 0.82 * along));
  float slim = jet * jet * (1.0 - along) * smoothstep(0.0, 0.03, along) * (1.0 + 1.5 * smoothstep(0.15, 0.0, along));
  gl_FragColor = vec4(vTone * (vGlow > 1.5 ? slim : vGlow > 0.5 ? disc * disc : 2.2 * streak), 1.0);
}`,
};

/** Petals that sink from above the stage, round and round. chance: x y z start, w turn; fate: speeds, w share. */
export const PETALS = {
  vertexShader: /* glsl */ `${HEAD}${TUMBLE}
void main() {
  vAt = position.xy;
  float sink = 0.42 + 0.3 * fate.x;
  float high = 5.4;
  float way = fract(chance.y + time * sink / high);
  vec2 room = fate.x > 0.5 ? vec2(10.0, 7.0) : vec2(3.4, 4.6);
  vec3 at = vec3((chance.x - 0.5) * room.x, high * (1.0 - way) - 0.3, (chance.z - 0.4) * room.y);
  float sway = time * (0.7 + 0.6 * fate.y) + 6.28 * chance.w;
  at += vec3(0.42 * sin(sway) + 0.16 * sin(2.3 * sway) + 0.8 * way, 0.09 * cos(2.0 * sway), 0.35 * cos(0.8 * sway));
  vec3 u, v;
  leaf(vec2(1.1 * sin(sway) + 1.2 * time * (0.4 + fate.z), 0.9 * sway), u, v);
  vec3 normal = cross(u, v);
  vec4 middle = viewMatrix * vec4(at, 1.0);
  float far = -middle.z;
  vAlpha = alphaOf(middle.xyz);
  float shown = smoothstep(fate.w, fate.w + 0.12, amount * 1.12) * smoothstep(0.0, 0.06, way) * smoothstep(1.0, 0.93, way);
  float size = sized(0.056 + 0.02 * chance.w, far, 0.04) * shown * smoothstep(0.5, 1.3, far) * clear(middle.xyz);
  vec3 corner = at + (u * position.x + v * position.y + normal * position.z) * size;
  gl_Position = projectionMatrix * viewMatrix * vec4(corner, 1.0);
  float facing = abs(normal.y * 0.7 + normal.z * 0.65);
  vec3 blossom = mix(vec3(1.0, 0.76, 0.85), mix(c0, vec3(1.0), 0.6), 0.45);
  // Paler towards the rim, a deeper heart.
  vTone = blossom * (0.5 + 0.5 * facing) * (0.82 + 0.22 * position.y) * lit;
}`,
  fragmentShader: "varying vec3 vTone; varying float vAlpha; void main() { gl_FragColor = vec4(vTone, vAlpha); }",
};
