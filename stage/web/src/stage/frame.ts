/** The moment to draw, as loosely as the picture needs it: `Frame` of ../wire/frame fits, and so does plain data. */

export interface CameraFrame {
  position: ArrayLike<number>;
  target: ArrayLike<number>;
  fov: number;
  roll: number;
  focus: number;
}

export interface LightFrame {
  look: number;
  palette: number;
  intensity: number;
  strobe: number;
  beatPhase: number;
  barPhase: number;
  energy: number;
  section: number;
  lyricLine: number;
  lyricProgress: number;
}

export interface PerformerFrame {
  id: number;
  flags: number;
  avatar: number;
  root: ArrayLike<number>;
  hips: ArrayLike<number>;
  rotations: ArrayLike<number>;
  gaze: ArrayLike<number>;
  weights: ArrayLike<number>;
}

export interface Frame {
  sequence: number;
  showTime: number;
  mediaTime: number;
  song: number;
  flags: number;
  camera: CameraFrame;
  light: LightFrame;
  performers: readonly PerformerFrame[];
}

/** Flag of a performer who is not to be seen; the same number as in stage/wire/frame.py. */
export const PERFORMER_HIDDEN = 4;
